/* Every map of the dashboard. Any element with `data-map` becomes one; templates/map/_map.html makes them.

   data-map            name of the map ("crashes", "sites", "site"): tests and styles find it by this
   data-words          id of a <script type="application/json"> with the sentences for people
   data-label          what the map shows, for screen readers
   data-language       language of the labels and numbers (default: that of the page)
   data-basemap        address of the base map (PMTiles)
   data-bounds         "west,south,east,north" shown at first
   data-tiles          address of crash tiles with {z}/{x}/{y}, or absent
   data-view           how crashes are shown: "" for marks and cells, "heat", "age", "months"
   data-months         first and last month of the crashes, counted from the year 0: "24192,24311"
   data-crash          address of one crash with {id}: {"title", "page", "rows": [[label, value]]}
   data-select         address that adds a shape to the filter: crashes can be selected on this map
   data-roads, data-towns, data-lakes, data-areas, data-junctions     GeoJSON of the data set, or absent
   data-extracts       roads and water of own extracts, see map_extracts.js, or absent
   data-layers         layers that users added, see map_layers.js, or absent
   data-paint          colours of the roads, see map_roads.js; "" for plain roads, or absent
   data-network        tiles of the roads of a kept network, see map_network.js; "" for none, or absent
   data-density, data-plane    tiles of the density of crashes, see map_density.js; "" for none, or absent
   data-server         address of map pictures from outside, see map_server.js, or absent
   data-mark           "lon,lat" of the place the map is about, marked by a pin, or absent
   data-points         GeoJSON of bare points, or absent
   data-sites          GeoJSON of ranked sites, or absent
   data-saved          GeoJSON of the sites in the register, see map_saved.js, or absent
   data-compared       GeoJSON of the places of lists side by side, see map_compared.js, or absent
   data-site           address of one site's page with {rank}, its number in the list
   data-focus          number in the list of the site the map is about: drawn strong, the others faint
   data-remember       key under which the view is kept while filters change

   After loading, the element has `map` (the MapLibre map), `ready` (a promise: all is drawn) and
   `toPaper` (a function that draws it as large as its sheet of paper, and a promise). Where
   crashes can be selected, its event "map:filter" tells that the filter, and the address, is another.
   Elements with data-switch="roads" (checkbox) show and hide a layer, data-show-all goes back to the
   bounds, data-list is filled with the crashes in view; each names its map by data-of. */

import * as maplibre from "./vendor/maplibre-gl.mjs";
import { PMTiles, Protocol } from "./vendor/pmtiles.mjs";
import * as basemap from "./basemap.js";
import { compared } from "./map_compared.js";
import { crashes, icons as severityIcons } from "./map_crashes.js";
import { density } from "./map_density.js";
import { drafts } from "./map_draw.js";
import { extracts } from "./map_extracts.js";
import { following } from "./map_follow.js";
import { layers } from "./map_layers.js";
import { lists } from "./map_list.js";
import { network } from "./map_network.js";
import { own } from "./map_own.js";
import { popups } from "./map_popups.js";
import { printing } from "./map_print.js";
import { shapes } from "./map_shapes.js";
import { painted } from "./map_roads.js";
import { server } from "./map_server.js";
import { saved } from "./map_saved.js";
import { icons as siteIcons, sites } from "./map_sites.js";
import { style } from "./map_style.js";
import { switches, telling } from "./map_switches.js";
import { playing } from "./map_time.js";
import { controls, firstView, idle, pin, remember } from "./map_view.js";

/* The kinds of layer, from the ground up. A new kind is a module and a line here; it gives

   switched              names of its layers by switch ([data-switch])
   load(data)            what it draws from, or null: then this map has none (may be a promise)
   sources(content)      sources of MapLibre by name
   ground(content)       layers beneath the names of the base map, if any
   labels(content, language)        layers above them, if any
   collections(content)  GeoJSON by name whose features can be selected, if any
   cards(box, words, number)        makers of pop-ups by layer, if any; the topmost kind answers first
   begun(map, box, content)         what to do while the map gathers what it draws, if anything
   ready(map, box, content, words)  what is left to do once the map is there, if anything */
const KINDS = [
    extracts, server, own, layers, painted, network, density, shapes, crashes, sites, saved, compared, drafts,
];

/* Drawing without a graphics card takes as long as there are pixels. */
const SLOW = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const COARSE = 0.25;

maplibre.setWorkerUrl(new URL("./vendor/maplibre-gl-worker.mjs", import.meta.url).href);
const files = new Protocol();
maplibre.addProtocol("pmtiles", files.tile);

for (const box of document.querySelectorAll("[data-map]")) start(box);

function start(box) {
  const drawer = renderer();
  if (drawer === null) {
    box.classList.add("map-without");
    lists(box);
    return;
  }
  box.ready = make(box, SLOW.test(drawer));
  window.__ready = Promise.all([window.__ready, box.ready]);
}

/* Return the name of what draws WebGL 2, or null where nothing does. */
function renderer() {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (gl === null) return null;
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  return told === null ? "" : String(gl.getParameter(told.UNMASKED_RENDERER_WEBGL));
}

async function make(box, isSlow) {
  const words = JSON.parse(document.getElementById(box.dataset.words).textContent);
  const language = box.dataset.language ?? document.documentElement.lang;
  opened(box.dataset.basemap);
  const [kinds] = await Promise.all([loaded(box.dataset), basemap.fonts(language)]);
  const map = new maplibre.Map({
    container: stage(box),
    style: style(box.dataset.basemap, kinds, language),
    attributionControl: false,
    canvasContextAttributes: { preserveDrawingBuffer: true },
    cooperativeGestures: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    maxZoom: 18,
    fadeDuration: 0,
    // Every tile that comes is a drawing of the whole: coarse ones until all are there.
    ...(isSlow ? { pixelRatio: COARSE } : {}),
    locale: { ...words.controls, "Map.Title": box.dataset.label },
    // The end of the address says where one looks, so that an address shows others the same.
    hash: box.dataset.remember ? "map" : false,
    ...firstView(box.dataset),
  });
  box.map = map;
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  controls(map);
  severityIcons(map);
  siteIcons(map);
  for (const [kind, content] of kinds) kind.begun?.(map, box, content);
  await map.once("load");
  if (isSlow) await sharp(map);
  if (box.dataset.mark) pin(map, box.dataset.mark);
  popups(map, box, cards(kinds, box, words, new Intl.NumberFormat(language)));
  switches(map, box, Object.assign({}, basemap.switched, ...kinds.map(([kind]) => kind.switched)));
  box.layers = Object.assign({}, ...kinds.map(([kind, content]) => kind.collections?.(content)));
  if (box.dataset.select) {
    telling(box);
    following(map, box);
  }
  for (const [kind, content] of kinds) kind.ready?.(map, box, content, words);
  await playing(map, box, words);
  remember(map, box.dataset);
  lists(box, map, words);
  printing(map, box);
  await idle(map);
  box.classList.add("map-drawn");
}

/* Draw in the resolution of the screen. */
async function sharp(map) {
  const drawn = map.once("render");
  map.setPixelRatio(undefined);
  await drawn;
}

/* Read the head of the base map at once, so that its tiles need not wait for it. */
function opened(url) {
  const file = new PMTiles(new URL(url, location.href).href);
  files.add(file);
  // Whoever asks for a tile meets the same fault, and tells it.
  file.getHeader().catch(() => {});
}

/* Return the kinds of layer this map has, each with what it draws from. */
async function loaded(data) {
  const read = await Promise.all(KINDS.map((kind) => kind.load(data)));
  return KINDS.map((kind, i) => [kind, read[i]]).filter(([, content]) => content);
}

function cards(kinds, box, words, number) {
  return Object.assign({}, ...kinds.toReversed().map(([kind]) => kind.cards?.(box, words, number)));
}

function stage(box) {
  const found = box.querySelector(".map-stage");
  found.hidden = false;
  return found;
}
