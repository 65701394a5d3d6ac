/* The filter bar works without this file. With it, an open part closes on Escape or a click beside
   it, and the address stays short: no empty words, the values of one key joined by commas. */

for (const bar of document.querySelectorAll("[data-filter]")) {
  // Asked for anew each time: the map puts other parts in their place.
  const opened = () => [...bar.querySelectorAll("details[open]")];

  document.addEventListener("click", (event) => {
    for (const part of opened()) if (!part.contains(event.target)) part.open = false;
  });

  bar.addEventListener("keydown", (event) => {
    // The innermost one: an explanation closes before the part it stands in.
    const part = opened().at(-1);
    if (event.key !== "Escape" || !part) return;
    part.open = false;
    part.querySelector("summary").focus();
  });

  bar.querySelector("form").addEventListener("formdata", (event) => {
    const data = event.formData;
    for (const name of new Set(data.keys())) {
      const values = data.getAll(name).filter((value) => value.trim());
      if (values.length) data.set(name, values.join(","));
      else data.delete(name);
    }
  });
}
