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

/* Say that files are too large before they are sent, not after. */
for (const input of document.querySelectorAll("input[type='file'][data-most-bytes]")) {
  input.addEventListener("change", () => {
    const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
    input.setCustomValidity(bytes > Number(input.dataset.mostBytes) ? input.dataset.tooLarge : "");
    input.reportValidity();
  });
}

/* Coming back by the browser's own button shows the page as it was left: let forms be sent again. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
