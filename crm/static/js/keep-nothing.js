// The browser keeps nothing of a practice's work: storage is taken away before any other script looks for it.
"use strict";

for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { value: undefined });
}
