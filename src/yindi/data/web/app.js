(function () {
  "use strict";
  var study = null, words = null, ranks = {}, language = "zh", last = null;
  var byId = function (id) { return document.getElementById(id); };

  function make(tag, attributes, children) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    [].concat(children || []).forEach(function (child) {
      node.append(child instanceof Node ? child : document.createTextNode(child));
    });
    return node;
  }
  function word(key) { return words[language][key]; }
  function fail(text) { byId("error").textContent = text; byId("error").hidden = false; }
  function get(path) {
    return fetch(path).then(function (answer) {
      if (!answer.ok) { return answer.json().then(function (said) { throw new Error(said.error || answer.status); }); }
      return answer.headers.get("content-type").indexOf("json") >= 0 ? answer.json() : answer.text();
    });
  }
  function table(name, where, limit) {
    var query = new URLSearchParams(Object.assign({ lang: language, limit: limit || 500 }, where));
    return get("/api/table/" + encodeURIComponent(name) + "?" + query);
  }
  function has(name) { return study.tables.some(function (t) { return t.name === name; }); }
  function last_year() { return study.years[study.years.length - 1]; }
  function name_of(code) {
    var found = study.regions.filter(function (r) { return r.code === code; })[0];
    return found ? found[language] : code;
  }
  function number(cell) {
    if (cell.value === null) { return make("span", {}, "—"); }
    if (typeof cell.value === "string") { return make("span", {}, cell.shown); }
    return make("button", { "class": "q", type: "button", "data-ref": cell.ref }, cell.shown);
  }

  function why(ref) {
    get("/api/why?" + new URLSearchParams({ ref: ref })).then(function (said) {
      byId("drawer-ref").textContent = said.ref;
      byId("drawer-trace").textContent = said.trace.join("\n");
      byId("drawer").hidden = false;
      byId("close").focus();
    }).catch(function (error) { fail(error.message); });
  }
  function hide() { byId("drawer").hidden = true; if (last && last.focus) { last.focus(); } }

  function side() {
    var asked = byId("search").value.trim().toLowerCase(), list = byId("regions");
    var shown = study.regions.filter(function (r) {
      return (r.code + r.zh + r.en).toLowerCase().indexOf(asked) >= 0;
    }).sort(function (a, b) { return (ranks[a.code] || 999) - (ranks[b.code] || 999) || (a.code < b.code ? -1 : 1); });
    list.replaceChildren.apply(list, shown.map(function (r) {
      var link = make("a", { href: "#/region/" + r.code, "data-code": r.code },
        [make("span", {}, r[language]), make("span", { "class": "r" }, ranks[r.code] ? String(ranks[r.code]) : "")]);
      if (location.hash === "#/region/" + r.code) { link.setAttribute("aria-current", "page"); }
      return make("li", {}, link);
    }));
  }

  function rows_table(data, columns, head) {
    var heads = head || data.axes.concat(columns);
    var body = data.records.map(function (record) {
      var cells = record.names.slice(record.names.length - (heads.length - columns.length)).map(function (n) {
        return make("th", { scope: "row" }, n);
      });
      return make("tr", {}, cells.concat(columns.map(function (c) {
        return make("td", typeof record.cells[c].value === "string" ? {} : { "class": "n" }, number(record.cells[c]));
      })));
    });
    return make("div", { "class": "wide", tabindex: "0", role: "region", "aria-label": data.name }, make("table", {}, [
      make("thead", {}, make("tr", {}, heads.map(function (h) { return make("th", { scope: "col" }, h); }))),
      make("tbody", {}, body)
    ]));
  }

  function nation(view) {
    view.append(make("h2", {}, word("index") + " " + last_year()));
    var place = make("div", { id: "map" });
    view.append(make("p", {}, links("nation")), place);
    if (!has("scores.index")) { place.append(word("nothing")); return Promise.resolve(); }
    return picture(place, { table: "scores.index", year: last_year() });
  }

  function links(subject) {
    return study.reports.filter(function (r) { return r.subject === subject && r.language === language; }).map(function (r) {
      var name = [r.subject].concat(r.voice === "plan" ? [] : [r.voice], [r.language]).join(".");
      var parts = [make("a", { href: "/report/" + r.subject + "/" + r.language + "?voice=" + r.voice, target: "_blank" },
        word(r.voice))];
      ["docx", "pdf", "xlsx"].forEach(function (kind) {
        var file = "reports/" + name + "." + kind;
        if (study.files.indexOf(file) >= 0) { parts.push(" ", make("a", { href: "/files/" + file }, kind)); }
      });
      return make("span", { "class": "report" }, parts);
    });
  }

  function section(view, title, promise) {
    var place = make("section", {}, make("h3", {}, title));
    view.append(place);
    return promise.then(function (node) { place.append(node); });
  }
  function best(name, code, order, count, columns, head, descending) {
    return table(name, { region: code }).then(function (data) {
      data.records = data.records.filter(function (r) { return r.cells[order].value !== null; }).sort(function (a, b) {
        return (descending ? -1 : 1) * (a.cells[order].value - b.cells[order].value);
      }).slice(0, count);
      return rows_table(data, columns, head);
    });
  }
  function position(code) {
    var names = ["scores.index", "scores.rank", "scores.rank_low", "scores.rank_high"];
    return Promise.all(names.map(function (n) { return table(n, { region: code }); })).then(function (all) {
      var data = all[0];
      data.records.forEach(function (record, n) {
        record.names = [record.at.year];
        all.slice(1).forEach(function (other) { record.cells[other.name] = other.records[n].cells.value; });
      });
      var head = [word("year"), word("index"), word("rank"), word("between"), ""];
      return rows_table(data, ["value"].concat(names.slice(1)), head);
    });
  }
  function chosen(code) {
    return table("layout.allocation", { region: code }).then(function (data) {
      data.records = data.records.filter(function (r) { return r.cells.chosen.value === 1; });
      return rows_table(data, ["value"], ["", word("value")]);
    });
  }
  function region(view, code) {
    view.append(make("h2", {}, name_of(code)), make("p", {}, links(code)));
    var cards = make("div", { "class": "cards" }), done = [];
    view.append(cards);
    if (has("scores.rank_high")) { done.push(section(cards, word("position"), position(code))); }
    if (has("layout.allocation")) { done.push(section(cards, word("industries"), chosen(code))); }
    if (has("diagnosis.obstacle")) {
      done.push(section(cards, word("obstacles"), best("diagnosis.obstacle", code, "place", 5, ["degree"], ["", word("value")])));
    }
    if (has("diagnosis.levers")) {
      done.push(section(cards, word("levers"), best("diagnosis.levers", code, "place", 5, ["degree"], ["", word("value")])));
    }
    if (has("opportunities.fit")) {
      done.push(section(cards, word("candidates"), best("opportunities.fit", code, "value", 8, ["value"], ["", word("value")], true)));
    }
    view.append(make("p", { "class": "note" }, word("marked")));
    return Promise.all(done);
  }

  function picture(place, query, wanted) {
    return get("/api/map?" + new URLSearchParams(Object.assign({ lang: language }, query))).then(function (text) {
      if (!wanted || wanted()) { place.innerHTML = text; }
    });
  }
  function front(view) {
    return table("layout.frontier", {}).then(function (data) {
      var columns = ["floor", "value", "lagging_value", "leading_value", "gap_between", "gainers", "holders", "expansion", "marginal"].filter(function (c) {
        return data.columns.indexOf(c) >= 0;
      });
      if (!data.records.length) { return; }
      var slider = make("input", { id: "front", type: "range", min: "1", max: String(data.records.length), step: "1", value: "1" });
      var said = make("output", { id: "point", "for": "front" }), place = make("div", { id: "at-point", "aria-live": "polite" });
      var sides = make("div", { id: "sides" }), asked = 0;
      function sides_at(point) {
        var mine = asked += 1;
        if (!has("layout.points")) { return; }
        picture(sides, { table: "layout.points", column: "change", point: point }, function () { return mine === asked; })
          .catch(function (error) { fail(error.message); });
      }
      function show() {
        var record = data.records[slider.value - 1];
        said.textContent = word("point") + " " + record.names[0];
        place.replaceChildren(make("dl", { "class": "facts" }, columns.map(function (c) {
          return make("div", {}, [make("dt", {}, word(c)), make("dd", {}, number(record.cells[c]))]);
        })));
        sides_at(record.at.point);
      }
      slider.addEventListener("input", show);
      view.append(make("p", {}, [make("label", { "for": "front" }, word("front")), " ", slider, " ", said]), place, sides,
        make("p", { "class": "note" }, word("front_note")));
      show();
    });
  }
  function layout(view) {
    var shown = ["count", "value", "gained", "given_up"], place = make("div", { id: "map" });
    var choice = make("select", { id: "shown" }, shown.map(function (c) { return make("option", { value: c }, word(c)); }));
    view.append(make("h2", {}, word("layout")));
    if (!has("layout.regions")) { view.append(word("nothing")); return Promise.resolve(); }
    function draw_map() { return picture(place, { table: "layout.regions", column: choice.value }); }
    choice.addEventListener("change", function () { draw_map().catch(function (error) { fail(error.message); }); });
    return (has("layout.frontier") ? front(view) : Promise.resolve()).then(function () {
      view.append(make("p", {}, [make("label", { "for": "shown" }, word("show")), " ", choice]), place);
      return Promise.all([draw_map(), table("layout.regions", {})]);
    }).then(function (both) {
      view.append(make("h3", {}, word("moves")), rows_table(both[1], shown, [""].concat(shown.map(word))));
    });
  }

  function tables(view) {
    view.append(make("h2", {}, word("tables")));
    view.append(make("ul", {}, study.tables.map(function (t) {
      return make("li", {}, [make("a", { href: "#/table/" + t.name }, t.name), " (" + t.rows + " " + word("rows") + ")"]);
    })));
    return Promise.resolve();
  }
  function one_table(view, name) {
    view.append(make("h2", {}, name),
      make("p", {}, make("a", { href: "/files/tables/" + encodeURIComponent(name) + ".csv" }, word("download") + " CSV")));
    return table(name, {}).then(function (data) {
      view.append(rows_table(data, data.columns));
      if (data.total > data.records.length) {
        view.append(make("p", { "class": "note" }, data.records.length + " / " + data.total + " " + word("rows")));
      }
    });
  }

  function draw() {
    var view = byId("main"), parts = location.hash.split("/"), fresh = make("div");
    byId("error").hidden = true;
    side();
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.querySelectorAll("[data-word]").forEach(function (n) { n.textContent = word(n.getAttribute("data-word")); });
    byId("title").textContent = study.title[language];
    document.title = study.title[language];
    byId("language").textContent = word("other");
    byId("views").replaceChildren(make("a", { href: "#/" }, word("map")),
      make("a", { href: "#/layout" }, word("layout")), make("a", { href: "#/tables" }, word("tables")));
    var done = parts[1] === "region" ? region(fresh, parts[2]) : parts[1] === "tables" ? tables(fresh) : parts[1] === "layout" ? layout(fresh)
      : parts[1] === "table" ? one_table(fresh, decodeURIComponent(parts[2])) : nation(fresh);
    done.then(function () {
      view.replaceChildren(fresh);
      document.body.setAttribute("data-ready", location.hash || "#/");
    }).catch(function (error) { fail(error.message); });
  }
  function go() { document.body.removeAttribute("data-ready"); draw(); }

  document.addEventListener("click", function (event) {
    var node = event.target.closest("[data-ref]");
    if (node) { last = node; why(node.getAttribute("data-ref")); }
  });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape" && !byId("drawer").hidden) { hide(); } });
  byId("close").addEventListener("click", hide);
  byId("search").addEventListener("input", side);
  byId("language").addEventListener("click", function () { language = language === "zh" ? "en" : "zh"; go(); });
  window.addEventListener("hashchange", go);

  Promise.all([get("/api/study"), get("/static/words.json")]).then(function (both) {
    study = both[0];
    words = both[1];
    if (!has("scores.rank")) { return go(); }
    return table("scores.rank", { year: last_year() }).then(function (data) {
      data.records.forEach(function (r) { ranks[r.at.region] = r.cells.value.value; });
      go();
    });
  }).catch(function (error) { fail(error.message); });
})();
