/* The cards that pop up: text nodes only, nothing from the data is ever read as markup. */

import { SEVERITIES, icon } from "./map_icons.js";
import { absolute } from "./map_places.js";

export async function crashCard(one, data, words) {
  const plain = card(words.severity[one.properties.severity], one.properties.year ? [[words.year, String(one.properties.year)]] : []);
  if (!data.crash) return plain;
  const answer = await fetch(absolute(data.crash).replace("{id}", one.id), { headers: { Accept: "application/json" } });
  if (!answer.ok) return plain;
  const read = await answer.json();
  const made = card(read.title, read.rows, one.properties.severity);
  return read.page === location.pathname ? made : linked(made, read.page, words.open_crash);
}

export function siteCard(site, data, words, number) {
  const made = card(words.site.replace("{rank}", site.rank), siteRows(site, words, number));
  return data.site ? linked(made, decodeURI(data.site).replace("{rank}", site.position), words.open_site) : made;
}

/* Put a link at the end of a card; `followed`: the page follows it without being loaded anew. */
export function linked(made, address, text, followed = false) {
  const link = element("a", text);
  link.href = address;
  link.toggleAttribute("data-follow", followed);
  made.append(link);
  return made;
}

function siteRows(site, words, number) {
  const counts = typeof site.counts === "string" ? JSON.parse(site.counts) : site.counts ?? {};
  const rows = [];
  if (site.road) rows.push([words.road, site.road]);
  if (Number.isFinite(site.from_km)) rows.push([words.km, `${number.format(site.from_km)}–${number.format(site.to_km)}`]);
  for (const severity of SEVERITIES) {
    if (counts[severity]) rows.push([words.severity[severity], number.format(counts[severity])]);
  }
  if (Number.isFinite(site.score)) rows.push([words.score, number.format(site.score)]);
  return rows;
}

export function card(title, rows, severity) {
  const made = document.createElement("div");
  made.className = "map-card";
  const head = document.createElement("strong");
  if (severity) head.append(drawn(severity));
  head.append(title);
  const list = document.createElement("dl");
  for (const [label, value] of rows) {
    list.append(element("dt", label), element("dd", value));
  }
  made.append(head, list);
  return made;
}

export function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

export function drawn(severity) {
  const canvas = document.createElement("canvas");
  const image = icon(severity, 2);
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.className = "map-mark";
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
