// The strip under a task: Close and Escape empty it and hand the place back to the tick.
"use strict";

(() => {
  function closeStrip(strip) {
    const tick = strip.closest("[data-item]").querySelector(".tick");
    strip.remove();
    tick.focus();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-strip]")) closeStrip(event.target.closest(".strip"));
  });

  document.addEventListener("keydown", (event) => {
    const strip = event.target.closest(".strip");
    if (event.key !== "Escape" || !strip || document.querySelector("dialog[open], :popover-open")) return;
    event.preventDefault();
    closeStrip(strip);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.detail.target.matches(".strip-slot")) return;
    const first = event.detail.target.querySelector("input:checked, input:not([type=hidden]), select, textarea");
    first?.focus();
  });
})();
