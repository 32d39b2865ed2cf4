// Every request of htmx: its token, what happens to whole pages, and what is said when it fails.
"use strict";

const FAILED = {
  0: "No answer from Handoff. Check the connection and try again.",
  400: "This page had been open for too long. Reload it and try again.",
  403: "That is not open to you.",
  404: "That is no longer here. Reload the page.",
  413: "That is too large.",
  429: "Too many tries. Wait a little.",
  503: "Somebody else is saving. Nothing was lost; try again in a few seconds.",
};

function failureWords(status) {
  return FAILED[status] ?? "That did not work. Nothing was saved; try again.";
}

function sayFailed(element, status) {
  const text = `${element.dataset.failed ?? ""} ${failureWords(status)}`.trim();
  document.dispatchEvent(new CustomEvent("say", { detail: text }));
}

function isWholePage(text) {
  return /^\s*<!doctype html/i.test(text);
}

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]").content;
  // What a page asks for by itself keeps nobody signed in.
  const byItself = /\b(load|every)\b/.test(event.detail.elt.getAttribute("hx-trigger") ?? "");
  if (byItself && !event.detail.triggeringEvent) event.detail.headers["X-Auto"] = "1";
});

// An address that answers with a whole page is visited instead; a form sent back with its errors replaces the sheet.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (!isWholePage(xhr.responseText)) return;
  if (xhr.status < 400) {
    event.detail.shouldSwap = false;
    location.assign(xhr.responseURL);
  } else if (xhr.status === 422) {
    event.detail.target = document.getElementById("main");
    event.detail.selectOverride = "#main";
    event.detail.swapOverride = "outerHTML";
    document.getElementById("layer").close();
  }
});

document.addEventListener("htmx:responseError", (event) => sayFailed(event.detail.elt, event.detail.xhr.status));
document.addEventListener("htmx:sendError", (event) => sayFailed(event.detail.elt, 0));

// What takes longer than a second says that it is at work.
const AT_WORK_MS = 1000;

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post" || event.target.target === "_blank") return;
  setTimeout(() => document.dispatchEvent(new CustomEvent("say", { detail: "At work. This takes a moment." })), AT_WORK_MS);
});

// Filters stay in the address, so that Back and a reload find them: mark the form or list with data-keep-url.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.elt.closest("[data-keep-url]")) {
    history.replaceState(null, "", event.detail.pathInfo.finalRequestPath);
  }
});
