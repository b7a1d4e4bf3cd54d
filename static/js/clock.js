/* Lets the clock of a case discussion tick between two looks at the server. Without it the page says the minutes. */
(() => {
  "use strict";
  let seen = null;
  let began = 0;
  function tick() {
    const face = document.querySelector("[data-clock]");
    if (!face) return;
    if (face !== seen) { seen = face; began = performance.now(); }
    const passed = face.dataset.running ? Math.floor((performance.now() - began) / 1000) : 0;
    const left = Number(face.dataset.left) - passed;
    const whole = Math.abs(left);
    face.textContent = `${left < 0 ? "+" : ""}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    face.parentElement.classList.toggle("rclock--over", left <= 0);
  }
  setInterval(tick, 1000);
  tick();
})();
