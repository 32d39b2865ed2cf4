// The composer: marks that never lie beside the text, wording that comes back from the desk, phrases to insert.
"use strict";

(() => {
  const text = document.getElementById("text");
  if (!text) return;

  let sent = text.value;
  let saved = text.value;
  const trimmed = (value) => value.replace(/[ \t]+$/gm, "").trimEnd();

  // While the answer is on its way the marks belong to an older text; then they are dropped.
  function showMarks() {
    const marks = document.getElementById("marks");
    marks.hidden = trimmed(marks.textContent) !== trimmed(text.value);
  }

  // The desk filled in a fact or a replacement: take its text over and keep the place, counted from the end.
  function takeOver() {
    const fresh = document.querySelector("#checked template[data-new-text]");
    if (!fresh) return;
    const value = fresh.content.textContent;
    fresh.remove();
    if (text.value !== sent) return; // more was typed meanwhile; the next answer knows it
    const fromEnd = text.value.length - text.selectionEnd;
    const hadFocus = document.activeElement === text;
    text.value = value;
    saved = value;
    if (hadFocus) text.setSelectionRange(Math.max(0, value.length - fromEnd), Math.max(0, value.length - fromEnd));
  }

  function insert(words) {
    text.focus();
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What was typed a moment ago is saved before another form of the page takes its place.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (text.value === saved || form.id === "compose") return;
    event.preventDefault();
    const send = () => {
      form.hidden = true;
      document.body.append(form); // the answer may have taken its place in the page
      form.submit();
    };
    text.addEventListener("htmx:afterRequest", send, { once: true });
  });
  text.addEventListener("htmx:beforeRequest", () => {
    sent = text.value;
  });
  text.addEventListener("htmx:afterRequest", () => {
    saved = sent;
  });

  text.addEventListener("input", showMarks);
  document.addEventListener("htmx:afterSettle", () => {
    takeOver();
    showMarks();
  });
  document.getElementById("insert").addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-insert]");
    if (!chosen) return;
    document.getElementById("insert").hidePopover();
    insert(chosen.dataset.insert);
  });
  showMarks();
})();
