// The calendar: a task goes to another day by drag or by Shift and an arrow. The server decides; what it refuses goes back.
"use strict";

(() => {
  const homes = new Map(); // tasks on their way, and where they were
  const DAYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

  const listOf = (item) => item.closest("[data-day]");
  const listFor = (day) => document.querySelector(`[data-day="${day}"]`);

  function bringBack(item) {
    const { list, before } = homes.get(item);
    list.insertBefore(item, before?.parentElement === list ? before : null);
  }

  function dayAfter(day, days) {
    const on = new Date(`${day}T12:00:00Z`);
    on.setUTCDate(on.getUTCDate() + days);
    return on.toISOString().slice(0, 10);
  }

  // What one task does to the others of its office only the server knows: the whole page is read again.
  async function readAgain() {
    await htmx.ajax("GET", location.pathname + location.search, { target: "#calendar", swap: "morph:outerHTML" });
    sortable();
  }

  async function save(item, list, home) {
    homes.set(item, home);
    item.dataset.failed = "It stays on its day.";
    item.setAttribute("aria-busy", "true");
    const request = { source: item, target: item, swap: "none", values: { to: list.dataset.day } };
    try {
      await htmx.ajax("POST", item.dataset.moveUrl, request);
    } catch {
      bringBack(item);
    }
    item.removeAttribute("aria-busy");
    const { saved } = homes.get(item);
    homes.delete(item);
    if (saved) await readAgain();
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    const item = event.detail.requestConfig.elt;
    if (homes.has(item) && event.detail.xhr.status >= 400) bringBack(item);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const home = homes.get(event.detail.elt);
    if (home) home.saved = event.detail.xhr.status < 400; // a refusal that is shown counts as successful
  });

  document.addEventListener("keydown", async (event) => {
    const days = DAYS[event.key];
    const item = document.activeElement.closest("[data-day] [data-move-url]");
    if (!days || !item || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const home = { list: listOf(item), before: item.nextElementSibling };
    const list = listFor(dayAfter(home.list.dataset.day, days));
    if (!list || homes.has(item)) return;
    list.append(item);
    await save(item, list, home);
    if (!document.querySelector("dialog[open]")) document.getElementById(item.id)?.querySelector("[data-row]").focus();
  });

  // A whole cell takes what is dropped on it, also beside the tasks that are there.
  function listUnder(event) {
    const at = event?.changedTouches?.[0] ?? event;
    return document.elementFromPoint(at?.clientX ?? -1, at?.clientY ?? -1)?.closest("td")?.querySelector("[data-day]");
  }

  function sortable() {
    for (const list of document.querySelectorAll("[data-day]")) {
      if (Sortable.get(list)) continue;
      let home = null;
      new Sortable(list, {
        group: "days",
        draggable: ".cal-task",
        sort: false, // the order of a day is the server's
        animation: 0,
        delay: 180,
        delayOnTouchOnly: true,
        onStart: (drag) => {
          home = { list: drag.from, before: drag.item.nextElementSibling };
        },
        onEnd: (drag) => {
          const target = listUnder(drag.originalEvent) ?? drag.to;
          if (target !== drag.to) target.append(drag.item);
          if (target !== drag.from) save(drag.item, target, home);
        },
      });
    }
  }

  sortable();
})();
