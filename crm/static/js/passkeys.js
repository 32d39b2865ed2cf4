// A passkey answers the question that stands in the form; the answer goes back with it.
"use strict";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const said = form.querySelector("[data-passkey-said]");
  const again = form.querySelector("[data-passkey-again]");

  const ask = async () => {
    const options = JSON.parse(form.dataset.options);
    if (form.dataset.passkey === "create") {
      return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
    }
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  };

  const run = async () => {
    again.hidden = true;
    said.textContent = "Your browser asks for the passkey now.";
    try {
      form.elements.credential.value = JSON.stringify(await ask());
      form.submit();
    } catch {
      said.textContent = "No passkey was given. Try again, or go back.";
      again.hidden = false;
    }
  };

  again.addEventListener("click", run);
  if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) run();
  else said.textContent = "This browser knows no passkeys. Go back and sign in another way.";
}
