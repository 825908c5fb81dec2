"""The words every stage speaks; core knows no stage."""
