// The board: a card moves by drag, by its menu or by Shift and an arrow, and comes back when the move is not saved.
"use strict";

(() => {
  const board = document.querySelector("[data-board]");
  const menu = document.getElementById("move-menu");
  const layer = document.getElementById("layer");
  const homes = new Map(); // cards on their way, and where they were

  if (!board) return; // nothing on it yet

  const lanes = () => [...board.querySelectorAll("[data-lane]")];
  const laneOf = (element) => element.closest("[data-lane]");
  const titleOf = (lane) => lane.closest(".lane").querySelector("h2").lastChild.previousSibling.textContent.trim();

  function homeOf(card) {
    return { lane: laneOf(card), before: card.nextElementSibling };
  }

  function bringBack(card) {
    const { lane, before } = homes.get(card);
    lane.insertBefore(card, before?.parentElement === lane ? before : null);
  }

  async function save(card, lane, home) {
    const name = card.querySelector("[data-row]").textContent.trim();
    homes.set(card, home);
    card.dataset.failed = `${name} stays in ${titleOf(home.lane)}.`;
    card.setAttribute("aria-busy", "true");
    const values = { step: lane.dataset.lane };
    try {
      await htmx.ajax("POST", card.dataset.moveUrl, { source: card, target: card, swap: "outerHTML", values });
    } catch {
      bringBack(card);
    }
    card.removeAttribute("aria-busy");
    homes.delete(card);
  }

  async function moveTo(card, lane) {
    const home = homeOf(card);
    if (!lane || lane === home.lane || homes.has(card)) return;
    lane.prepend(card);
    await save(card, lane, home);
    if (!layer.open) document.getElementById(card.id)?.querySelector("[data-row]").focus();
  }

  // A move that was not accepted: back first, then the question (422) or what went wrong.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const card = event.detail.requestConfig.elt;
    if (!homes.has(card) || event.detail.xhr.status < 400) return;
    bringBack(card);
    if (event.detail.xhr.status === 422) {
      event.detail.target = layer;
      event.detail.swapOverride = "innerHTML";
    }
  });

  function openMenu(button) {
    const card = button.closest("[data-item]");
    const here = laneOf(card).dataset.lane;
    menu.opener = button;
    menu.card = card;
    for (const entry of menu.querySelectorAll("[data-step]")) entry.disabled = entry.dataset.step === here;
    menu.querySelector("[data-touch]").href = card.dataset.touchUrl;
    menu.showPopover();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move-menu]");
    const entry = event.target.closest("#move-menu [data-step]");
    const touch = event.target.closest("#move-menu [data-touch]");
    if (button) openMenu(button);
    if (entry) moveTo(menu.card, lanes().find((lane) => lane.dataset.lane === entry.dataset.step));
    if (touch) {
      event.preventDefault();
      document.dispatchEvent(new CustomEvent("open-layer", { detail: touch.getAttribute("href") }));
    }
  });

  document.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const card = document.activeElement.closest("[data-board] [data-item]");
    if (!by || !card || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const all = lanes();
    moveTo(card, all[all.indexOf(laneOf(card)) + by]);
  });

  for (const list of lanes()) {
    let home = null;
    new Sortable(list, {
      group: "board",
      draggable: ".slip",
      sort: false, // the order within a lane is the server's
      animation: 0,
      delay: 180,
      delayOnTouchOnly: true,
      onStart: (drag) => {
        home = homeOf(drag.item);
      },
      onEnd: (drag) => {
        if (drag.to !== drag.from) save(drag.item, drag.to, home);
      },
    });
  }
})();
