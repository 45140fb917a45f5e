"use strict";
const get = (id) => document.getElementById(id);
const root = document.documentElement;
const names = { bm25: ["BM25", "BM25"], native: ["OpenSearch hybrid", "OpenSearch 混合检索"], hybrid: ["Connector hybrid", "连接器混合检索"] };
const grades = [["no", "无关"], ["related", "相关"], ["good", "良好"], ["exact", "精确"]];
const say = { search: ["Searching …", "搜索中…"], found: ["Results for", "搜索结果："], saved: ["Saved.", "已保存。"], lost: ["The gateway did not answer.", "网关没有响应。"], none: ["Nothing found.", "没有结果。"] };

const both = (pair) => ["en", "zh"].map((language, at) => {
  const span = document.createElement("span");
  span.lang = language;
  span.textContent = pair[at];
  return span;
});
const tell = (pair, more = "", bad = false) => {
  get("status").replaceChildren(...both(pair), more);
  get("status").classList.toggle("bad", bad);
};
const speak = (language) => {
  root.lang = language;
  localStorage.setItem("language", language);
  document.querySelectorAll("[data-language]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.language === language)));
};
document.querySelectorAll("[data-language]").forEach((one) => one.addEventListener("click", () => speak(one.dataset.language)));

const pairs = (list, facts, theirs) => list.replaceChildren(...facts.map((fact, at) => {
  const row = document.createElement("div");
  const [name, text] = ["dt", "dd"].map((tag) => document.createElement(tag));
  name.append(...both([fact.kind, theirs[at].kind]));
  text.append(...both([fact.text, theirs[at].text]));
  row.append(name, text);
  return row;
}));

const bar = (one, theirs) => {
  const row = document.createElement("div");
  row.className = one.width < 0 ? "bar less" : "bar";
  row.title = [one.meaning, theirs.meaning].filter(Boolean).join(" · ");
  const [name, share] = ["span", "span"].map((tag) => document.createElement(tag));
  const meter = document.createElement("meter");
  meter.max = 1;
  meter.value = Math.abs(one.width);
  meter.setAttribute("aria-hidden", "true");
  name.append(...both([one.name, theirs.name]));
  share.textContent = one.sum ? (one.share < 0 ? "−" : "+") + Math.abs(one.share).toFixed(3) : "";
  row.append(name, meter, share);
  return row;
};

// The gateway's own errors have the form of the cluster's.
const fault = async (answer) => {
  const { error } = await answer.json();
  tell(["", ""], error?.reason || error || answer.statusText, true);
};

const judge = async (asked, id, grade) => {
  try {
    const answer = await fetch("judgments", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query: asked.q, index: asked.index, product_id: id, grade }) });
    if (!answer.ok) { await fault(answer); return; }
  } catch { tell(say.lost, "", true); return; }
  tell(say.saved);
  document.querySelectorAll(".grades input").forEach((one) => { if (one.dataset.id === id) one.checked = Number(one.value) === grade; });
};

const choice = (asked, system, id, grade, checked) => {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "radio";
  input.name = `${system} ${id}`;
  input.value = grade;
  input.dataset.id = id;
  input.checked = checked;
  input.addEventListener("change", () => judge(asked, id, grade));
  label.append(input, ...both(grades[grade].map((word) => `${grade} ${word}`)));
  return label;
};

// `one` is told in English, `theirs`, the same card, in Chinese.
const card = (asked, system, one, theirs, judged, before) => {
  const made = get("card").content.cloneNode(true);
  const part = (selector) => made.querySelector(selector);
  part(".place").textContent = one.place;
  part("h3").textContent = one.title || one.id;
  part(".about").textContent = [...one.about, one.id].join(" · ");
  part(".score").textContent = one.score.toFixed(3);
  if (before) {
    const place = before.get(one.id);
    if (place === undefined) part(".moved").append(...both(["not among BM25's first", "不在 BM25 首页"]));
    else if (place !== one.place) part(".moved").append(...both([`${place} with BM25`, `BM25 排名 ${place}`]));
  }
  part(".bars").replaceChildren(...one.bars.map((each, at) => bar(each, theirs.bars[at])));
  pairs(part(".facts"), one.facts, theirs.facts);
  if (judged) {
    part(".judge").hidden = false;
    part(".grades").replaceChildren(...grades.map((_, grade) => choice(asked, system, one.id, grade, judged[one.id] === grade)));
  }
  return made;
};

const column = (asked, page, theirs, judged, before) => {
  const made = get("column").content.cloneNode(true);
  const part = (selector) => made.querySelector(selector);
  part("section").id = page.system;
  part("h2").replaceChildren(...both(names[page.system]));
  part(".head").replaceChildren(...both([page.headline, theirs.headline]));
  part(".notes").replaceChildren(...page.notes.map((note, at) => {
    const line = document.createElement("li");
    line.append(...both([note, theirs.notes[at]]));
    return line;
  }));
  pairs(part(".understood"), page.understood, theirs.understood);
  if (page.cards.length) part(".cards").replaceChildren(...page.cards.map((one, at) => card(asked, page.system, one, theirs.cards[at], judged, before)));
  else part(".head").after(...both(say.none));
  return made;
};

// Where the rankings stand one below the other, they are far apart.
const jump = (system) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...both(names[system]));
  button.addEventListener("click", () => get(system).scrollIntoView());
  return button;
};

let latest = 0;
const search = async (asked) => {
  const number = ++latest;
  tell(say.search);
  get("results").setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`look?${new URLSearchParams(asked)}`);
    if (number !== latest) return;
    if (!answer.ok) { get("results").replaceChildren(); get("jump").replaceChildren(); await fault(answer); return; }
    const found = await answer.json();
    if (number !== latest) return;
    const { en, zh } = found.systems;
    const first = new Map(en[0].cards.map((one) => [one.id, one.place]));
    get("results").replaceChildren(...en.map((page, at) => column(asked, page, zh[at], found.judged, at ? first : null)));
    get("jump").replaceChildren(...en.map((page) => jump(page.system)));
    tell(say.found, ` “${asked.q}”`);
  } catch {
    if (number === latest) tell(say.lost, "", true);
  } finally {
    if (number === latest) get("results").removeAttribute("aria-busy");
  }
};
const asked = () => ({ q: get("q").value.trim(), index: get("index").value.trim() });
get("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const wanted = asked();
  if (!wanted.q || !wanted.index) return;
  localStorage.setItem("index", wanted.index);
  history.pushState(null, "", `?${new URLSearchParams(wanted)}`);
  search(wanted);
});
const read = () => {
  const given = new URLSearchParams(location.search);
  get("q").value = given.get("q") || "";
  get("index").value = given.get("index") || localStorage.getItem("index") || "";
  if (given.get("q") && get("index").value) search(asked());
};
addEventListener("popstate", read);
speak(localStorage.getItem("language") || (navigator.language.startsWith("zh") ? "zh" : "en"));
read();
