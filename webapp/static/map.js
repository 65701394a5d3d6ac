/* Every map of the dashboard. Any element with `data-map` becomes one; templates/map/_map.html makes them.

   data-map            name of the map ("crashes", "sites", "site"): tests and styles find it by this
   data-words          id of a <script type="application/json"> with the sentences for people
   data-label          what the map shows, for screen readers
   data-language       language of the labels and numbers (default: that of the page)
   data-basemap        address of the base map (PMTiles)
   data-bounds         "west,south,east,north" shown at first
   data-tiles          address of crash tiles with {z}/{x}/{y}, or absent
   data-crash          address of one crash with {id}: {"title", "page", "rows": [[label, value]]}
   data-roads, data-towns, data-lakes, data-areas, data-junctions     GeoJSON of the data set, or absent
   data-mark           "lon,lat" of the place the map is about, marked by a pin, or absent
   data-points         GeoJSON of bare points, or absent
   data-sites          GeoJSON of ranked sites, or absent
   data-site           address of one site's page with {rank}, its number in the list
   data-focus          number in the list of the site the map is about: drawn strong, the others faint
   data-remember       key under which the view is kept while filters change

   After loading, the element has `map` (the MapLibre map) and `ready` (a promise: all is drawn).
   Elements with data-switch="roads" (checkbox) show and hide a layer, data-show-all goes back to the
   bounds, data-list is filled with the crashes in view; each names its map by data-of. */

import * as maplibre from "./vendor/maplibre-gl.mjs";
import { Protocol } from "./vendor/pmtiles.mjs";
import * as basemap from "./basemap.js";
import { SEVERITIES, badge, icon } from "./map_icons.js";

const CELL_SHARES = [0.4, 0.7, 0.9, 0.98];
const CELL_COLOURS = ["#f4d58d", "#f0a04b", "#d1420e", "#8d1f4f", "#3b0f70"];
const ROUND = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => [10 ** n, 2 * 10 ** n, 5 * 10 ** n]);
const KINDS = ["roads", "towns", "lakes", "areas", "junctions", "points"];
const NAMED = ["towns", "lakes", "areas"];
const LISTED = 50;
const CLOSE = 15;

maplibre.setWorkerUrl(new URL("./vendor/maplibre-gl-worker.mjs", import.meta.url).href);
maplibre.addProtocol("pmtiles", new Protocol().tile);

for (const box of document.querySelectorAll("[data-map]")) start(box);

function start(box) {
  if (!hasWebGL2()) {
    box.classList.add("map-without");
    return;
  }
  box.ready = make(box);
  window.__ready = Promise.all([window.__ready, box.ready]);
}

function hasWebGL2() {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

async function make(box) {
  const words = JSON.parse(document.getElementById(box.dataset.words).textContent);
  const language = box.dataset.language ?? document.documentElement.lang;
  const [layers] = await Promise.all([ownLayers(box.dataset), basemap.fonts(language)]);
  const map = new maplibre.Map({
    container: stage(box),
    style: style(box.dataset, layers, language),
    attributionControl: false,
    canvasContextAttributes: { preserveDrawingBuffer: true },
    cooperativeGestures: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    maxZoom: 18,
    fadeDuration: 0,
    locale: { ...words.controls, "Map.Title": box.dataset.label },
    ...firstView(box.dataset),
  });
  box.map = map;
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  controls(map);
  icons(map);
  await map.once("load");
  if (box.dataset.sites) await sites(map, box);
  if (box.dataset.mark) pin(map, box.dataset.mark);
  popups(map, box, words, language);
  switches(map, box);
  remember(map, box.dataset);
  lists(map, box, words);
  printing(map, box);
  await idle(map);
  box.classList.add("map-drawn");
}

function stage(box) {
  const found = box.querySelector(".map-stage");
  found.hidden = false;
  return found;
}

function idle(map) {
  return map.loaded() && !map.isMoving() ? Promise.resolve() : map.once("idle");
}

/* Paper has another shape than the screen: draw anew in its size. Printers do not wait for the
   picture of a WebGL canvas, so a plain copy of it is printed. */
function printing(map, box) {
  const copy = document.createElement("canvas");
  copy.className = "map-copy";
  map.getCanvas().after(copy);
  const redraw = (onPaper) => {
    const [stage, zoom] = [map.getContainer(), map.getZoom()];
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    box.classList.toggle("map-on-paper", onPaper);
    map.resize();
    const grown = (stage.clientWidth / width) * (stage.clientHeight / height);
    map.jumpTo({ zoom: zoom + Math.log2(grown) / 2 });
    map.redraw();
  };
  window.addEventListener("beforeprint", () => {
    redraw(true);
    const drawn = map.getCanvas();
    copy.width = drawn.width;
    copy.height = drawn.height;
    copy.getContext("2d").drawImage(drawn, 0, 0);
  });
  window.addEventListener("afterprint", () => redraw(false));
}

/* ---------------------------------------------------------------- the view */

function firstView(data) {
  const kept = JSON.parse((data.remember && sessionStorage.getItem(`map ${data.remember}`)) || "null");
  if (kept && (!data.bounds || meets(kept.box, bounds(data)))) return { center: kept.center, zoom: kept.zoom };
  return data.bounds ? { bounds: bounds(data), fitBoundsOptions: room() } : { center: [68, 42], zoom: 3 };
}

function meets(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

function bounds(data) {
  return data.bounds.split(",").map(Number);
}

function room() {
  const edge = Math.min(60, Math.round(window.innerWidth / 12));
  const legend = window.innerWidth > 900 && document.querySelector(".map-panel") ? 270 : edge;
  return { padding: { top: edge, bottom: edge, right: edge, left: legend }, maxZoom: CLOSE };
}

function remember(map, data) {
  if (!data.remember) return;
  map.on("moveend", () => {
    const box = map.getBounds().toArray().flat();
    const view = { center: map.getCenter().toArray(), zoom: map.getZoom(), box };
    sessionStorage.setItem(`map ${data.remember}`, JSON.stringify(view));
  });
}

function controls(map) {
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.ScaleControl({ unit: "metric", maxWidth: 120 }), "bottom-right");
}

/* --------------------------------------------------------------- the style */

function style(data, layers, language) {
  return {
    version: 8,
    sources: { ...basemap.sources(data.basemap), ...ownSources(data, layers) },
    layers: [
      ...basemap.ground(),
      ...(layers.lakes ? [lakes()] : []),
      ...(layers.areas ? [areas()] : []),
      ...(layers.towns ? [townSurfaces()] : []),
      ...(layers.roads ? roads() : []),
      ...(layers.junctions ? [junctions()] : []),
      ...(layers.points ? [barePoints()] : []),
      ...(data.tiles ? [cells(), crashes()] : []),
      ...basemap.names(language),
      ...(layers.areas ? [{ ...layerNames("areas", language, "#8a8174"), maxzoom: 11 }] : []),
      ...(layers.lakes ? [layerNames("lakes", language, "#5f8aa3")] : []),
      ...(layers.roads ? [roadNames(language)] : []),
      ...(layers.towns ? [layerNames("towns", language, "#45474c")] : []),
    ],
  };
}

/* Return the layers of the data set by kind; one that cannot be had is left out. */
async function ownLayers(data) {
  const wanted = KINDS.filter((kind) => data[kind]);
  const read = await Promise.all(wanted.map((kind) => geojson(data[kind])));
  return Object.fromEntries(wanted.map((kind, i) => [kind, read[i]]).filter(([, one]) => one));
}

async function geojson(address) {
  const answer = await fetch(absolute(address), { headers: { Accept: "application/geo+json" } });
  return answer.ok ? answer.json() : null;
}

/* Names stand once, at one point of their feature, and not once in every tile it reaches into. */
function ownSources(data, layers) {
  const found = {};
  for (const [kind, content] of Object.entries(layers)) {
    found[kind] = { type: "geojson", data: content };
    if (NAMED.includes(kind)) found[`${kind}-names`] = { type: "geojson", data: points(content) };
  }
  if (data.tiles) {
    found.crashes = { type: "vector", tiles: [absolute(data.tiles)], minzoom: 0, maxzoom: 14 };
  }
  return found;
}

function absolute(address) {
  return new URL(address, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
}

function lakes() {
  const paint = { "fill-color": "#dbe7ee", "fill-outline-color": "#b9cbd6" };
  return { id: "own-lakes", type: "fill", source: "lakes", filter: isSurface(), paint };
}

function areas() {
  const paint = { "line-color": "#b9ad9a", "line-width": 1.1, "line-dasharray": [4, 2, 1, 2] };
  return { id: "own-areas", type: "line", source: "areas", paint };
}

function townSurfaces() {
  const paint = { "fill-color": "#ece5d8", "fill-outline-color": "#d9cfbd" };
  return { id: "own-towns", type: "fill", source: "towns", filter: isSurface(), paint };
}

function isSurface() {
  return ["match", ["geometry-type"], ["Polygon", "MultiPolygon"], true, false];
}

/* Motorways and main roads broad, local roads thin; unknown classes between. */
function roadWidth(extra) {
  const share = ["match", ["coalesce", ["get", "road_class"], ["get", "class"], ""]];
  const broad = ["motorway", "trunk", "national", "international", "republican"];
  const thin = ["local", "residential", "street", "tertiary", "service"];
  const factor = [...share, broad, 1.5, thin, 0.7, 1];
  const at = (width) => ["+", ["*", factor, width], extra];
  return ["interpolate", ["exponential", 1.4], ["zoom"], 5, at(0.6), 10, at(1.6), 15, at(7), 18, at(16)];
}

function roads() {
  const layout = { "line-cap": "round", "line-join": "round" };
  const casing = { "line-color": "#b9ac97", "line-width": roadWidth(1.4) };
  const inner = { "line-color": "#fffdf8", "line-width": roadWidth(0) };
  return [
    { id: "own-road-edges", type: "line", source: "roads", layout, paint: casing },
    { id: "own-roads", type: "line", source: "roads", layout, paint: inner },
  ];
}

function roadNames(language) {
  return {
    id: "own-road-names",
    type: "symbol",
    source: "roads",
    minzoom: 7,
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 350,
      "text-field": ["coalesce", ["get", "ref"], ["get", "road_number"], ["get", "road_key"], ["get", "road"], basemap.inLanguage(language), ""],
      "text-font": [basemap.FONT],
      "text-size": 11,
    },
    paint: { "text-color": "#6f675a", "text-halo-color": "#fffdf8", "text-halo-width": 1.6 },
  };
}

function layerNames(source, language, colour) {
  return {
    id: `own-${source}-names`,
    type: "symbol",
    source: `${source}-names`,
    layout: {
      "text-field": ["coalesce", basemap.inLanguage(language), ""],
      "text-font": [basemap.FONT],
      "text-size": ["interpolate", ["linear"], ["coalesce", ["get", "population"], 0], 0, 11.5, 500000, 14.5],
      "symbol-sort-key": ["-", 0, ["coalesce", ["get", "population"], 0]],
      "text-max-width": 8,
      "text-padding": 6,
    },
    paint: { "text-color": colour, "text-halo-color": "#fbfaf7", "text-halo-width": 1.5 },
  };
}

function junctions() {
  const paint = {
    "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 1, 15, 4],
    "circle-color": "#fffdf8",
    "circle-stroke-color": "#b5aa97",
    "circle-stroke-width": 1,
  };
  return { id: "own-junctions", type: "circle", source: "junctions", minzoom: 9, paint };
}

function barePoints() {
  const paint = { "circle-radius": 3.5, "circle-color": "#0b5563", "circle-opacity": 0.6, "circle-stroke-color": "#fff", "circle-stroke-width": 0.6 };
  return { id: "own-points", type: "circle", source: "points", paint };
}

function cells() {
  return {
    id: "cells",
    type: "circle",
    source: "crashes",
    "source-layer": "cells",
    layout: { "circle-sort-key": ["get", "count"] },
    paint: {
      "circle-radius": byCount([2, 5, 10, 20], [2.2, 3, 4, 5, 6.2]),
      "circle-color": byCount([2, 5, 10, 20], CELL_COLOURS),
      "circle-opacity": 0.9,
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 0.4,
    },
  };
}

function byCount(steps, values) {
  return ["step", ["get", "count"], values[0], ...steps.flatMap((step, i) => [step, values[i + 1]])];
}

/* Steps follow what is in view: most cells pale, the fullest fiftieth dark, at every zoom. */
function cellSteps(counts) {
  const sorted = counts.sort((a, b) => a - b);
  const steps = [];
  for (const share of CELL_SHARES) {
    const wanted = sorted[Math.floor(share * (sorted.length - 1))];
    const least = steps.at(-1) ?? 1;
    steps.push(ROUND.findLast((one) => one <= wanted && one > least) ?? ROUND.find((one) => one > least));
  }
  return steps;
}

/* Worst on top: a higher key is drawn later. */
function crashes() {
  const worse = SEVERITIES.flatMap((severity, i) => [severity, SEVERITIES.length - i]);
  return {
    id: "crashes",
    type: "symbol",
    source: "crashes",
    "source-layer": "crashes",
    layout: {
      "icon-image": ["concat", "severity-", ["get", "severity"]],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 5, 0.42, 9, 0.55, 13, 0.85, 16, 1.15],
      "symbol-sort-key": ["match", ["get", "severity"], ...worse, 0],
    },
  };
}

function icons(map) {
  for (const severity of SEVERITIES) {
    map.addImage(`severity-${severity}`, icon(severity, 4), { pixelRatio: 4 });
  }
  map.addImage("site", badge("#0b5563", 4), { pixelRatio: 4 });
  map.addImage("site-faint", badge("#7d9aa1", 4), { pixelRatio: 4 });
}

/* --------------------------------------------------------------- the sites */

async function sites(map, box) {
  const found = await geojson(box.dataset.sites);
  if (!found) return;
  found.features.forEach((one, i) => { one.properties.position = i + 1; });
  const focus = Number(box.dataset.focus) || 0;
  const strong = focus ? ["==", ["get", "position"], focus] : true;
  map.addSource("sites", { type: "geojson", data: found });
  map.addSource("site-points", { type: "geojson", data: points(found) });
  map.addLayer(siteSurfaces(strong));
  map.addLayer(siteLines(strong));
  map.addLayer(siteDots(strong));
  map.addLayer(siteBadges(strong));
  const shown = focus ? found.features.filter((one) => one.properties.position === focus) : found.features;
  if (!box.dataset.bounds && shown.length) map.fitBounds(extent(shown), { ...room(), animate: false });
}

function siteSurfaces(strong) {
  const paint = { "fill-color": "#0b5563", "fill-opacity": ["case", strong, 0.16, 0.06] };
  return { id: "site-surfaces", type: "fill", source: "sites", filter: isSurface(), paint };
}

function siteLines(strong) {
  return {
    id: "site-lines",
    type: "line",
    source: "sites",
    filter: ["match", ["geometry-type"], ["Point", "MultiPoint"], false, true],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": "#0b5563", "line-width": ["case", strong, 3, 1.5], "line-opacity": ["case", strong, 0.85, 0.4] },
  };
}

/* Every site has a dot; a badge stands where there is room for it, the worst first. */
function siteDots(strong) {
  return {
    id: "site-dots",
    type: "circle",
    source: "site-points",
    paint: {
      "circle-radius": 4.5,
      "circle-color": ["case", strong, "#0b5563", "#7d9aa1"],
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 1.4,
    },
  };
}

function siteBadges(strong) {
  return {
    id: "sites",
    type: "symbol",
    source: "site-points",
    layout: {
      "icon-image": ["case", strong, "site", "site-faint"],
      "icon-anchor": "bottom",
      "icon-padding": 0,
      "text-field": ["to-string", ["get", "rank"]],
      "text-font": [`${basemap.FONT} Bold`],
      "text-size": 11.5,
      "text-offset": [0, -1.62],
      "text-padding": 0,
      "symbol-sort-key": ["case", strong, ["get", "position"], 1e6],
    },
    paint: { "text-color": "#ffffff" },
  };
}

/* A feature's mark stands at its own coordinates where it names them, else in the middle. */
function points(collection) {
  const features = [];
  for (const { geometry, properties } of collection.features) {
    const own = [properties.lon, properties.lat];
    const place = own.every(Number.isFinite) ? own : middle(geometry);
    if (place) features.push({ type: "Feature", geometry: { type: "Point", coordinates: place }, properties });
  }
  return { type: "FeatureCollection", features };
}

function middle(geometry) {
  if (!geometry) return null;
  const { type, coordinates } = geometry;
  if (type === "Point") return coordinates;
  if (type === "LineString") return coordinates[Math.floor(coordinates.length / 2)];
  if (type === "Polygon") return centroid(coordinates[0]);
  if (type === "MultiPolygon") return centroid(coordinates.map((one) => one[0]).sort((a, b) => b.length - a.length)[0]);
  const box = extent([{ geometry }]);
  return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}

function centroid(ring) {
  let [area, x, y] = [0, 0, 0];
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const cross = ring[i][0] * ring[i + 1][1] - ring[i + 1][0] * ring[i][1];
    area += cross;
    x += (ring[i][0] + ring[i + 1][0]) * cross;
    y += (ring[i][1] + ring[i + 1][1]) * cross;
  }
  return area ? [x / (3 * area), y / (3 * area)] : ring[0];
}

function extent(features) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (node) => {
    if (typeof node[0] !== "number") return node.forEach(walk);
    box[0] = Math.min(box[0], node[0]);
    box[1] = Math.min(box[1], node[1]);
    box[2] = Math.max(box[2], node[0]);
    box[3] = Math.max(box[3], node[1]);
  };
  for (const one of features) if (one.geometry) walk(one.geometry.coordinates);
  return box;
}

/* -------------------------------------------------------------- the pop-ups */

function popups(map, box, words, language) {
  const number = new Intl.NumberFormat(language);
  const open = (place, content) => {
    map.popup?.remove();
    map.popup = new maplibre.Popup({ maxWidth: "300px", offset: 8 }).setLngLat(place).setDOMContent(content).addTo(map);
  };
  const answers = {
    sites: (one) => siteCard(one.properties, box.dataset, words, number),
    "site-dots": (one) => siteCard(one.properties, box.dataset, words, number),
    crashes: (one) => crashCard(one, box.dataset, words),
    cells: (one) => card(words.cell, [[words.crashes, number.format(one.properties.count)], [words.severity.fatal, number.format(one.properties.fatal)]]),
  };
  for (const layer of Object.keys(answers).filter((id) => map.getLayer(id))) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map.on("click", async (event) => {
    const layers = Object.keys(answers).filter((id) => map.getLayer(id));
    const area = [[event.point.x - 4, event.point.y - 4], [event.point.x + 4, event.point.y + 4]];
    const hits = map.queryRenderedFeatures(area, { layers });
    const hit = hits.find((one) => one.layer.id === "sites") ?? hits.find((one) => one.layer.id === "site-dots") ?? hits[0];
    if (hit) open(hit.geometry.coordinates, await answers[hit.layer.id](hit));
  });
  box.open = open;
}

async function crashCard(one, data, words) {
  const plain = card(words.severity[one.properties.severity], [[words.year, String(one.properties.year)]]);
  if (!data.crash) return plain;
  const answer = await fetch(absolute(data.crash).replace("{id}", one.id), { headers: { Accept: "application/json" } });
  if (!answer.ok) return plain;
  const read = await answer.json();
  const made = card(read.title, read.rows, one.properties.severity);
  return read.page === location.pathname ? made : linked(made, read.page, words.open_crash);
}

function siteCard(site, data, words, number) {
  const made = card(words.site.replace("{rank}", site.rank), siteRows(site, words, number));
  return data.site ? linked(made, decodeURI(data.site).replace("{rank}", site.position), words.open_site) : made;
}

function linked(made, address, text) {
  const link = element("a", text);
  link.href = address;
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

/* Text nodes only: nothing from the data is ever read as markup. */
function card(title, rows, severity) {
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

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function drawn(severity) {
  const canvas = document.createElement("canvas");
  const image = icon(severity, 2);
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.className = "map-mark";
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

function pin(map, place) {
  new maplibre.Marker({ color: "#0b5563" }).setLngLat(place.split(",").map(Number)).addTo(map);
}

/* ------------------------------------------------- switches, legend and list */

const SWITCHED = {
  roads: ["own-roads", "own-road-edges", "own-road-names"],
  towns: ["own-towns", "own-towns-names"],
  lakes: ["own-lakes", "own-lakes-names"],
  areas: ["own-areas", "own-areas-names"],
  junctions: ["own-junctions"],
  sites: ["sites", "site-dots", "site-lines", "site-surfaces"],
  crashes: ["crashes", "cells"],
};

function switches(map, box) {
  for (const mark of mine(box, "[data-severity]")) mark.append(drawn(mark.dataset.severity));
  for (const input of mine(box, "[data-switch]")) {
    input.addEventListener("change", () => show(map, input));
    show(map, input);
  }
  for (const button of mine(box, "[data-show-all]")) {
    button.addEventListener("click", () => map.fitBounds(bounds(box.dataset), room()));
  }
  if (map.getLayer("cells")) legend(map, box);
}

/* The legend shows marks or steps, whichever the map shows; steps are set anew at each zoom level. */
function legend(map, box) {
  const parts = mine(box, "[data-shows]");
  const steps = mine(box, "[data-step]");
  let level = null;
  const tell = () => {
    const counts = map.queryRenderedFeatures({ layers: ["cells"] }).map((one) => one.properties.count);
    for (const part of parts) part.hidden = (part.dataset.shows === "cells") !== counts.length > 0;
    if (!counts.length || level === Math.floor(map.getZoom())) return;
    level = Math.floor(map.getZoom());
    const found = cellSteps(counts);
    map.setPaintProperty("cells", "circle-color", byCount(found, CELL_COLOURS));
    map.setPaintProperty("cells", "circle-radius", byCount(found, [2.2, 3, 4, 5, 6.2]));
    const limits = [1, ...found];
    steps.forEach((step, i) => { step.textContent = range(limits[i], limits[i + 1]); });
  };
  map.on("idle", tell);
}

function range(from, next) {
  const number = new Intl.NumberFormat(document.documentElement.lang);
  if (!next) return `${number.format(from)}+`;
  return next - from > 1 ? `${number.format(from)}–${number.format(next - 1)}` : number.format(from);
}

function mine(box, selector) {
  return [...document.querySelectorAll(selector)].filter((one) => one.closest("[data-of]")?.dataset.of === box.dataset.map);
}

function show(map, input) {
  for (const id of SWITCHED[input.dataset.switch] ?? []) {
    if (map.getLayer(id)) map.setLayoutProperty(id, "visibility", input.checked ? "visible" : "none");
  }
}

/* The crashes in view as a list, for the keyboard and for screen readers. */
function lists(map, box, words) {
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
