// The line that says what happened: it goes by itself, later when it offers the way back, and never under the pointer.
"use strict";

const PLAIN_MS = 6000;
const UNDO_MS = 20000;

function leaveLater(line) {
  const wait = line.querySelector("form") ? UNDO_MS : PLAIN_MS;
  setTimeout(() => {
    if (line.matches(":hover, :focus-within")) leaveLater(line);
    else line.remove();
  }, wait);
}

function watch(place) {
  for (const line of place.querySelectorAll(".said:not([data-watched])")) {
    line.dataset.watched = "";
    leaveLater(line);
  }
}

function say(text) {
  const line = document.createElement("div");
  const words = document.createElement("span");
  line.className = "said";
  words.textContent = text;
  line.append(words);
  document.getElementById("said").replaceChildren(line);
  watch(document.getElementById("said"));
}

document.addEventListener("say", (event) => say(event.detail));
document.addEventListener("htmx:oobAfterSwap", () => watch(document.getElementById("said")));

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-said-close]")) event.target.closest(".said").remove();
  const copied = event.target.closest("[data-copy]");
  if (copied) copy(document.getElementById(copied.dataset.copy));
});

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    say("Copied.");
  } catch {
    say("The address is marked. Copy it with Ctrl C.");
  }
}

// Where to come back to is where the reader is, not where the fragment came from.
document.addEventListener("submit", (event) => {
  const back = event.target.querySelector?.("[data-back]");
  if (back) back.value = location.pathname + location.search;
});

for (const summary of document.querySelectorAll("[data-focus]")) summary.focus();
if (document.getElementById("said")) watch(document.getElementById("said"));
