/* The sign / leads to the box for questions, unless somebody is typing. The box works without. */

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const box = document.getElementById("ask");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
