// The keyboard: one table of keys, which is also the list that "?" shows.
"use strict";

(() => {
  const WAIT_FOR_LETTER_MS = 1200;

  // The pages that stand at the side are the pages one can go to.
  function goLine() {
    const pages = [...document.querySelectorAll(".side [data-go]")];
    const letters = pages.map((page) => page.dataset.go).join(" ");
    return [`g, then ${letters}`, `Go to ${pages.map((page) => page.querySelector("span").textContent).join(", ")}`];
  }

  const KEYS = [
    ["j, k", "Next and previous row"],
    ["x", "Done, or say how it went"],
    ["e", "Open the row"],
    ["s", "Put it off"],
    ["m", "More for this row; on the board: move to"],
    ["u", "Undo"],
    ["Shift ←, Shift →", "On the board: one step back, one step on"],
    goLine(),
    ["/", "Search this list, or everything"],
    ["Ctrl K", "Search and do"],
    ["c, q", "Add in one line"],
    ["r", "Enter a referral"],
    ["Esc", "Close what lies on top"],
    ["?", "This list"],
  ];
  const ROW = "[data-list] [data-item], .rows-table > tbody > tr"; // every table of rows is a list
  let goPressedAt = -Infinity;
  let row = null;
  let coming = false; // back to a row that is not read yet

  const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]") && !element.matches("[type=checkbox], [type=radio]");
  const rows = () => [...document.querySelectorAll(ROW)];
  const say = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  function currentRow() {
    return document.activeElement.closest(ROW) ?? (row?.isConnected ? row : null);
  }

  // The place in the list belongs to this visit of the page, where Back finds it; nothing else is kept of it.
  function remember() {
    history.replaceState({ ...history.state, row: rows().indexOf(row) }, "");
  }

  function settleOn(next) {
    row?.classList.remove("on");
    row = next;
    row.classList.add("on");
    remember();
    (row.querySelector("[data-row]") ?? row.querySelector("a, button"))?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function move(by) {
    const all = rows();
    const here = all.indexOf(currentRow());
    const next = all[here < 0 ? 0 : here + by];
    if (next) settleOn(next);
  }

  function act(letter) {
    const on = currentRow();
    const inRow = on?.querySelector(`[data-do~="${letter}"]`) ?? (letter === "e" ? on?.querySelector("a[href]") : null);
    const target = letter === "u" ? (document.querySelector('#said [data-do="u"]') ?? inRow) : inRow;
    target?.click();
  }

  function search() {
    const own = document.querySelector("[data-search]");
    if (own) own.focus();
    else say("open-palette");
  }

  function element(tag, className, ...inside) {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...inside);
    return made;
  }

  function showKeys() {
    const lines = KEYS.flatMap(([keys, meaning]) => [
      element("dt", "", ...keys.split(/(, (?:then )?)/).map((part, n) => (n % 2 ? part : element("kbd", "", part)))),
      element("dd", "", meaning),
    ]);
    const heading = element("h2", "", "Keys");
    const close = element("button", "btn btn-quiet push", "Close");
    heading.id = "layer-title";
    close.type = "button";
    close.dataset.close = "";
    const layer = document.getElementById("layer");
    layer.replaceChildren(element("div", "box-body", element("header", "box-head", heading, close), element("dl", "keys", ...lines)));
    layer.showModal();
  }

  const PLAIN = {
    j: () => move(1),
    k: () => move(-1),
    "/": search,
    c: () => say("open-layer", document.body.dataset.addUrl),
    q: () => say("open-layer", document.body.dataset.addUrl),
    r: () => say("open-layer", document.body.dataset.referralUrl),
    "?": showKeys,
    g: () => {
      goPressedAt = performance.now();
    },
  };
  for (const letter of "xesum") PLAIN[letter] = () => act(letter);

  function go(letter) {
    document.querySelector(`.side [data-go="${CSS.escape(letter)}"]`)?.click();
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      say("open-palette");
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (isTyping(event.target) || document.querySelector("dialog[open], :popover-open")) return;
    const afterGo = performance.now() - goPressedAt < WAIT_FOR_LETTER_MS;
    goPressedAt = -Infinity;
    const run = afterGo ? () => go(event.key) : PLAIN[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });

  document.addEventListener("focusin", (event) => {
    const inside = event.target.closest?.(ROW);
    if (!inside || inside === row) return;
    row?.classList.remove("on");
    row = inside;
    remember();
  });

  // Back comes to the row one left; a list that goes on is read on until that row is there.
  function comeBack() {
    const further = document.querySelectorAll(".load-more");
    const place = rows()[history.state?.row];
    coming = !place && history.state?.row >= 0 && further.length === 1;
    if (place) settleOn(place);
    else if (coming) further[0].scrollIntoView();
  }

  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") comeBack();
  document.addEventListener("htmx:afterSettle", () => {
    if (coming) comeBack();
  });

  // A row that was replaced keeps its place under the keyboard.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const leaving = event.detail.target.closest?.("[data-item]");
    if (leaving && leaving === row) leaving.dataset.wasAt = String(rows().indexOf(leaving));
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const wasAt = event.detail.target?.dataset?.wasAt;
    if (wasAt === undefined || document.activeElement !== document.body) return;
    const next = rows()[Math.min(Number(wasAt), rows().length - 1)];
    if (next) settleOn(next);
  });
})();
