"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const list = document.getElementById("cases");
  const count = document.getElementById("count");
  const more = document.getElementById("more");
  const PAGE = 24;
  const chosen = { model: "", other: "", outcome: "wrong", words: "" };
  const axes = Object.keys(data.axes);
  let limit = PAGE;

  // every text goes in by textContent: what a model says is never markup
  const make = (tag, text, name) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (name) node.className = name;
    return node;
  };

  const select = (label, values, on) => {
    const wrap = make("label", label);
    const box = make("select");
    for (const [value, text] of values) {
      const option = make("option", text);
      option.value = value;
      box.append(option);
    }
    box.addEventListener("change", () => { on(box.value); limit = PAGE; show(); });
    wrap.append(box);
    document.getElementById("filters").append(wrap);
    return box;
  };

  select("Model", [["", "all models"], ...data.models.map((m, i) => [String(i), m])], v => { chosen.model = v; });
  if (data.models.length > 1) {
    select("Beside", [["", "nobody"], ...data.models.map((m, i) => [String(i), m])], v => { chosen.other = v; });
  }
  select("Answer", [["wrong", "not right"], ["right", "right"], ["silent", "no answer"],
    ["first", "only the first right"], ["second", "only the other right"], ["apart", "answered differently"], ["", "any"]],
    v => { chosen.outcome = v; });
  for (const axis of axes) {
    if (data.axes[axis].length > 1) {
      select(axis[0].toUpperCase() + axis.slice(1), [["", "all"], ...data.axes[axis].map(v => [v, v])],
        v => { chosen[axis] = v; });
    }
  }
  const search = make("label", "Words");
  const field = make("input");
  field.type = "search";
  field.addEventListener("input", () => { chosen.words = field.value.toLowerCase(); limit = PAGE; show(); });
  search.append(field);
  document.getElementById("filters").append(search);

  const fits = said => {
    if (!said) return false;
    if (chosen.outcome === "right") return said.outcome === data.right;
    if (chosen.outcome === "wrong") return said.outcome !== data.right;
    if (chosen.outcome === "silent") return said.picked === "";
    return true;
  };

  // the numbers of the models that are shown
  let shown = [];
  const chooseShown = () => {
    const numbers = [chosen.model, chosen.other].filter(v => v !== "").map(Number);
    shown = numbers.length ? [...new Set(numbers)] : data.models.map((_, i) => i);
  };

  // whether the two chosen models answered as the filter says
  const beside = entry => {
    const [one, other] = [chosen.model || "0", chosen.other || "1"].map(v => entry.said[Number(v)]);
    if (!one || !other) return false;
    const [a, b] = [one, other].map(said => said.outcome === data.right);
    if (chosen.outcome === "first") return a && !b;
    if (chosen.outcome === "second") return b && !a;
    return one.picked !== other.picked;
  };

  const wanted = entry => {
    if (axes.some((axis, i) => chosen[axis] && entry.tags[i] !== chosen[axis])) return false;
    const said = shown.map(i => entry.said[i]);
    if (["first", "second", "apart"].includes(chosen.outcome)) {
      if (!beside(entry)) return false;
    } else if (!said.some(fits)) return false;
    if (!chosen.words) return true;
    const text = [entry.id, entry.question, ...entry.options, ...said.map(s => (s ? s.reply : ""))].join("\n");
    return text.toLowerCase().includes(chosen.words);
  };

  const card = entry => {
    const article = make("article", undefined, "case");
    const frame = make("div", undefined, "picture");
    if (entry.picture) {
      const image = make("img");
      image.src = entry.picture;
      image.alt = entry.tags.join(", ");
      image.loading = "lazy";
      frame.append(image);
    }
    const words = make("div", undefined, "words");
    words.append(make("h3", entry.question));
    const options = make("ol");
    entry.options.forEach((text, i) => {
      const key = entry.key.includes(i);
      options.append(make("li", `${data.letters[i]}. ${text}${key ? "  (right)" : ""}`, key ? "key" : ""));
    });
    words.append(options);
    const told = make("dl");
    entry.said.forEach((said, i) => {
      if (!said || !shown.includes(i)) return;
      const line = make("dt", data.models[i]);
      line.append(make("span", said.picked ? `${said.outcome}: ${said.picked}` : said.outcome,
        `chip ${said.outcome === data.right ? "right" : said.picked ? "wrong" : "silent"}`));
      told.append(line);
      const reply = make("dd", said.reply || "(nothing)");
      if (said.length > said.reply.length) reply.append(make("small", ` ${said.length} characters in all`));
      told.append(reply);
    });
    words.append(told, make("div", entry.tags.join(" · "), "tags"), make("div", entry.id, "tags"));
    article.append(frame, words);
    return article;
  };

  const show = () => {
    chooseShown();
    const found = data.cases.filter(wanted);
    list.replaceChildren(...found.slice(0, limit).map(card));
    count.textContent = `${found.length} of ${data.cases.length} cases`;
    more.hidden = found.length <= limit;
  };
  more.addEventListener("click", () => { limit += PAGE; show(); });
  show();
})();
