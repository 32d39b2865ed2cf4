// Quick add: the fields follow what the line is read as, except those somebody has set by hand.
"use strict";

(() => {
  const formOf = (element) => element.closest?.("form[data-quick]");
  const byHand = (form) => form.elements.by_hand;

  function put(form, name, value) {
    if (value !== undefined && !byHand(form).value.split(" ").includes(name)) form.elements[name].value = value;
  }

  // The chips under the line are also what is saved.
  document.addEventListener("htmx:afterSwap", (event) => {
    const read = event.detail.target.querySelector?.("[data-read]");
    const form = read && formOf(read);
    if (!form) return;
    put(form, "kind", read.dataset.kind);
    put(form, "due", read.dataset.due);
    put(form, "source_id", read.dataset.sourceId ?? "");
    put(form, "source_name", read.dataset.sourceName ?? "");
  });

  function note(event) {
    const form = formOf(event.target);
    const { name } = event.target;
    if (!form || !["kind", "due", "source_name", "source_id"].includes(name)) return;
    const names = name.startsWith("source_") ? ["source_name", "source_id"] : [name];
    byHand(form).value = [...new Set([...byHand(form).value.split(" "), ...names])].join(" ").trim();
  }

  document.addEventListener("input", note);
  document.addEventListener("change", note);
})();
