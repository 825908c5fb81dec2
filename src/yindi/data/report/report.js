(function () {
  "use strict";
  var evidence = JSON.parse(document.getElementById("evidence-data").textContent);
  var drawer = document.getElementById("drawer"), last = null;
  function put(id, text) { document.getElementById(id).textContent = text; }
  function show(node) {
    var ref = node.getAttribute("data-ref");
    var entry = evidence[ref] || ["", []];
    last = node;
    put("drawer-ref", ref);
    put("drawer-value", node.getAttribute("value") || node.getAttribute("data-value"));
    put("drawer-unit", entry[0]);
    put("drawer-chain", entry[1].join("\n"));
    drawer.hidden = false;
    document.getElementById("drawer-close").focus();
  }
  function hide() { drawer.hidden = true; if (last && last.focus) { last.focus(); } }
  document.addEventListener("click", function (event) {
    var node = event.target.closest("[data-ref]");
    if (node) { show(node); }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !drawer.hidden) { hide(); }
    if ((event.key === "Enter" || event.key === " ") && event.target.matches && event.target.matches(".q")) {
      event.preventDefault();
      show(event.target);
    }
  });
  document.getElementById("drawer-close").addEventListener("click", hide);
})();
