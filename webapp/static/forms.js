/* Forms that take a while: the button says so and cannot be pressed twice. Works without this too. */

for (const form of document.querySelectorAll("form[method='post']")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (button && form.dataset.busy) button.textContent = form.dataset.busy;
  });
}

/* Coming back by the browser's own button shows the page as it was left: let forms be sent again. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
