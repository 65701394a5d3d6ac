/* One key for each thing to do: a letter presses the button, link or summary whose data-key it is.
   Nothing happens while somebody types, or holds Ctrl, Alt or the command key. */

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
  /* A part that was opened wants to be filled in. */
  const part = target.closest("details");
  if (part?.open) part.querySelector("input:not([type='hidden'])")?.focus();
});
