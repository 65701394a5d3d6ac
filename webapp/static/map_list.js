/* The crashes in view as a list, for the keyboard and for screen readers. */

import { crashCard, drawn, element } from "./map_cards.js";
import { SEVERITIES } from "./map_icons.js";
import { mine } from "./map_switches.js";

const LISTED = 50;

export function lists(map, box, words) {
  for (const list of mine(box, "[data-list]")) {
    const fill = () => {
      const seen = new Map();
      for (const one of map.queryRenderedFeatures({ layers: ["crashes"] })) seen.set(one.id, one);
      const order = (one) => SEVERITIES.indexOf(one.properties.severity);
      const sorted = [...seen.values()].sort((a, b) => order(a) - order(b) || b.properties.year - a.properties.year);
      list.replaceChildren(...sorted.slice(0, LISTED).map((one) => item(one, box, words)));
      if (!sorted.length) list.append(element("li", words.none_in_view));
    };
    const details = list.closest("details");
    details?.addEventListener("toggle", () => details.open && fill());
    map.on("idle", () => (!details || details.open) && fill());
  }
}

function item(one, box, words) {
  const row = document.createElement("li");
  const button = element("button", `${words.severity[one.properties.severity]}, ${one.properties.year}`);
  button.type = "button";
  button.prepend(drawn(one.properties.severity));
  button.addEventListener("click", async () => box.open(one.geometry.coordinates, await crashCard(one, box.dataset, words)));
  row.append(button);
  return row;
}
