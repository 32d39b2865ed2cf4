// The palette: opens on what this page offers, then shows what the search finds.
"use strict";

(() => {
  const palette = document.getElementById("palette");
  const input = document.getElementById("palette-q");
  const list = document.getElementById("palette-list");
  const recent = document.getElementById("palette-recent");
  const atFirst = [...list.children];
  const own = [...list.querySelectorAll("[role=option]")];

  function reset() {
    list.replaceChildren(...atFirst);
    for (const option of list.querySelectorAll("[role=option]")) option.setAttribute("aria-selected", "false");
    list.querySelector("[role=option]")?.setAttribute("aria-selected", "true");
    htmx.process(list); // what a search had replaced was unbound
  }

  // What one worked on last stands first, as soon as it is known and nothing else was typed.
  recent.addEventListener("htmx:afterSwap", () => {
    recent.hidden = !recent.firstElementChild;
    if (palette.open && !input.value.trim()) reset();
  });

  // What the search found comes first, then the pages and actions whose names fit.
  function addOwn() {
    const words = input.value.trim().toLowerCase();
    const fitting = own.filter((option) => option.textContent.toLowerCase().includes(words));
    if (!fitting.length) return;
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Pages and actions");
    group.append(...fitting.map((option) => option.cloneNode(true)));
    list.append(group);
    htmx.process(group);
  }

  document.addEventListener("open-palette", () => {
    if (palette.open) return palette.close();
    input.value = "";
    reset();
    palette.showModal();
    input.focus();
  });

  input.addEventListener("input", () => {
    if (!input.value.trim()) reset();
  });

  // An empty field shows this page's own list again; nothing is asked of the server for it.
  input.addEventListener("htmx:confirm", (event) => {
    if (!input.value.trim()) event.preventDefault();
  });

  list.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === list && !input.value.trim()) event.detail.shouldSwap = false;
  });

  list.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === list) addOwn();
  });

  list.addEventListener("click", (event) => {
    if (event.target.closest("[role=option]") && !event.ctrlKey && !event.metaKey) palette.close();
  });
})();
