// The half minute of the pitch: it counts while somebody speaks and says once when it is over.
(() => {
  const button = document.querySelector("[data-timer]");
  if (!button) return;
  const shown = document.querySelector("[data-timer-shown]");
  const label = button.textContent;
  let running = 0;

  function stop(said) {
    clearInterval(running);
    running = 0;
    button.textContent = label;
    shown.textContent = said;
  }

  button.addEventListener("click", () => {
    if (running) return stop("");
    const until = Date.now() + Number(button.dataset.timer) * 1000;
    button.textContent = "Stop";
    shown.setAttribute("aria-live", "off"); // the seconds are for the eye
    running = setInterval(() => {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left > 0) {
        shown.textContent = `${left} s`;
        return;
      }
      shown.setAttribute("aria-live", "polite");
      stop("Half a minute is over.");
    }, 200);
  });
})();
