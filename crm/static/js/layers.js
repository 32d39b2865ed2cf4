// What lies above the page: dialogs and menus. Escape and focus on closing are the browser's own.
"use strict";

const layer = document.getElementById("layer");

function focusFirst(dialog) {
  const wanted = dialog.querySelector("[autofocus], .is-invalid") ?? dialog.querySelector("input:not([type=hidden]), select, textarea");
  wanted?.focus();
}

function openLayer(url) {
  return htmx.ajax("GET", url, { target: "#layer", swap: "innerHTML" });
}

document.addEventListener("open-layer", (event) => openLayer(event.detail));

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== layer || !layer.firstElementChild) return;
  document.getElementById("palette").close();
  if (!layer.open) layer.showModal();
  focusFirst(layer);
});

layer.addEventListener("close", () => layer.replaceChildren());

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const inLayer = event.target.closest("a[data-layer]");
  const opener = event.target.closest("[data-open]");
  if (inLayer) {
    event.preventDefault();
    openLayer(inLayer.getAttribute("href"));
  } else if (opener) {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("open-palette"));
  } else if (event.target.closest("[data-close]")) {
    event.target.closest("dialog")?.close();
  } else if (event.target.matches("dialog:not(:has(form[method=post]))")) {
    event.target.close(); // the backdrop; a form half filled in stays
  }
});

// Menus stand beside the button that opened them, above it when there is no room below.
function placeMenu(menu, button) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 4 + height <= innerHeight - 8;
  menu.style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
}

function openerOf(menu) {
  return menu.opener ?? document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLElement) || !menu.matches("[data-menu]") || event.newState !== "open") return;
    placeMenu(menu, openerOf(menu));
    menu.querySelector("a, button")?.focus({ preventScroll: true });
  },
  true,
);

document.addEventListener(
  "scroll",
  () => {
    const menu = document.querySelector("[data-menu]:popover-open");
    if (menu) placeMenu(menu, openerOf(menu));
  },
  { capture: true, passive: true },
);

document.addEventListener("keydown", (event) => {
  const menu = document.activeElement?.closest("[data-menu]:popover-open");
  if (!menu) return;
  const entries = [...menu.querySelectorAll("a, button")];
  const here = entries.indexOf(document.activeElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  entries.at(next % entries.length).focus();
});

document.addEventListener("click", (event) => {
  event.target.closest("[data-menu]:popover-open :is(a, button)")?.closest("[data-menu]").hidePopover();
});
