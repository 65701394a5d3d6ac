/* Sites of the register (data-saved): a mark by status, of shape and colour, the same as in lists.
   Each opens a card that leads to its page; buttons with data-saved-place do the same for the keyboard. */

import { card, linked } from "./map_cards.js";
import { mark } from "./map_icons.js";
import { geojson, points } from "./map_places.js";
import { mine } from "./map_switches.js";

const STATUSES = ["candidate", "investigation", "programmed", "treated", "monitored", "closed", "rejected"];
const SCALE = 3;

export const saved = {
  switched: { saved: ["saved"] },

  async load(data) {
    const found = data.saved && await geojson(data.saved);
    if (!found) return null;
    const places = points(found);
    const used = STATUSES.filter((status) => places.features.some((one) => one.properties.status === status));
    const marks = await Promise.all(used.map(async (status) => [status, await mark(status, SCALE)]));
    return { places, marks };
  },

  sources: ({ places }) => ({ saved: { type: "geojson", data: places } }),

  labels: () => [{
    id: "saved",
    type: "symbol",
    source: "saved",
    layout: {
      "icon-image": ["concat", "saved-", ["get", "status"]],
      "icon-anchor": "bottom",
      "icon-size": ["interpolate", ["linear"], ["zoom"], 5, 0.75, 11, 1],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "symbol-sort-key": ["get", "number"],
    },
  }],

  cards(box, words, number) {
    return { saved: ({ properties }) => siteCard(properties, box, words, number) };
  },

  begun(map, box, { marks }) {
    for (const [status, image] of marks) map.addImage(`saved-${status}`, image, { pixelRatio: SCALE });
  },

  ready(map, box, { places }, words) {
    const number = new Intl.NumberFormat(box.dataset.language ?? document.documentElement.lang);
    const known = new Map(places.features.map((one) => [String(one.properties.number), one]));
    for (const button of mine(box, "button[data-saved-place]")) {
      const one = known.get(button.dataset.savedPlace);
      button.hidden = !one;
      button.addEventListener("click", () => {
        box.scrollIntoView({ block: "nearest" });
        map.jumpTo({ center: one.geometry.coordinates, zoom: Math.max(map.getZoom(), 11) });
        box.open(one.geometry.coordinates, siteCard(one.properties, box, words, number));
      });
    }
    // The form is asked for the place one looks at.
    for (const link of mine(box, "a[data-propose]")) {
      link.addEventListener("click", () => {
        const { lat, lng } = map.getCenter().wrap();
        link.href = `${link.dataset.propose}?lat=${lat.toFixed(5)}&lon=${lng.toFixed(5)}`;
      });
    }
  },
};

function siteCard(site, box, words, number) {
  const rows = [[words.status, site.status_label]];
  if (Number.isFinite(site.rank)) rows.push([words.last_rank, `${number.format(site.rank)} / ${number.format(site.listed)}`]);
  if (Number.isFinite(site.crashes)) rows.push([words.crashes, number.format(site.crashes)]);
  const address = `${box.dataset.saved.replace(/\.geojson.*$/, "")}/${site.number}`;
  const made = card(site.name, rows);
  return address === location.pathname ? made : linked(made, address, words.open_site);
}
