// Type to search: arrow keys through what was found, Enter takes it. Serves the palette and every [data-combo] picker.
"use strict";

(() => {
  const isCombo = (element) => element?.getAttribute?.("role") === "combobox";
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const inputOf = (list) => document.querySelector(`[role=combobox][aria-controls="${CSS.escape(list.id)}"]`);
  const optionsOf = (list) => [...list.querySelectorAll("[role=option]")];

  function show(input, open) {
    const list = listOf(input);
    if (input.closest("[data-combo]")) list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) input.removeAttribute("aria-activedescendant");
  }

  function mark(input, option) {
    for (const other of optionsOf(listOf(input))) other.setAttribute("aria-selected", String(other === option));
    if (!option) return;
    option.id ||= `o-${crypto.randomUUID()}`;
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function pick(input, option) {
    const hidden = input.closest("[data-combo]").querySelector("[data-combo-value]");
    hidden.value = option.dataset.value;
    input.value = option.dataset.text;
    show(input, false);
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function take(input, option) {
    if (option.dataset.value !== undefined) pick(input, option);
    else option.click();
  }

  function step(input, by) {
    const options = optionsOf(listOf(input));
    if (!options.length) return;
    const here = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    show(input, true);
    mark(input, options[here < 0 && by < 0 ? options.length - 1 : (here + by + options.length) % options.length]);
  }

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!isCombo(input)) return;
    const chosen = listOf(input).querySelector("[aria-selected=true]");
    const picker = input.closest("[data-combo]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(input, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && chosen && !listOf(input).hidden) take(input, chosen);
    else if (event.key === "Escape" && picker && !listOf(input).hidden) show(input, false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  // The first thing found is marked, so that Enter takes it.
  document.addEventListener("htmx:afterSwap", (event) => {
    const list = event.detail.target;
    if (list.getAttribute("role") !== "listbox") return;
    const input = inputOf(list);
    show(input, document.activeElement === input);
    mark(input, input.closest("[data-combo]") ? undefined : optionsOf(list)[0]);
  });

  document.addEventListener("htmx:configRequest", (event) => {
    if (isCombo(event.detail.elt)) event.detail.parameters = { q: event.detail.elt.value };
  });

  document.addEventListener("input", (event) => {
    const hidden = event.target.closest?.("[data-combo]")?.querySelector("[data-combo-value]");
    if (!hidden?.value) return;
    hidden.value = ""; // other words are another source
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  });

  document.addEventListener("mousedown", (event) => {
    if (event.target.closest(".combo-list")) event.preventDefault(); // focus stays in the field
  });

  document.addEventListener("click", (event) => {
    const option = event.target.closest("[data-combo] [role=option]");
    if (option) pick(inputOf(option.closest("[role=listbox]")), option);
  });

  document.addEventListener("focusout", (event) => {
    if (isCombo(event.target) && event.target.closest("[data-combo]")) show(event.target, false);
  });
})();
