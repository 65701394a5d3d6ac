/* The shapes of a selection: from the words of the filter key `within` to shapes and their outlines.

   circle:LON,LAT,RADIUS_M   polygon:LON,LAT,LON,LAT,...   road:ROAD@FROM-TO   road:ROAD
   area:LAYER/NAME           junction:NAME                 joined by | */

const EARTH_M = 6371009;
const STEPS = 96;
const RADIAN = Math.PI / 180;

/* Return the shapes that words name, in their order. */
export function shapes(words) {
  return (words ?? "").split("|").filter(Boolean).map(shape);
}

function shape(words) {
  const at = words.indexOf(":");
  const [kind, rest] = [words.slice(0, at), words.slice(at + 1)];
  if (kind === "circle") {
    const [lon, lat, radius] = rest.split(",").map(Number);
    return { kind, centre: [lon, lat], radius };
  }
  if (kind === "polygon") return { kind, corners: pairs(rest.split(",").map(Number)) };
  if (kind === "road") return { kind, ...stretch(rest) };
  if (kind === "area") {
    const [layer, ...name] = rest.split("/");
    return { kind, layer, name: unescaped(name.join("/")) };
  }
  return { kind, name: unescaped(rest) };
}

function pairs(numbers) {
  return numbers.flatMap((one, i) => (i % 2 ? [[numbers[i - 1], one]] : []));
}

function stretch(words) {
  const found = words.match(/^(.*)@([\d.]+)-([\d.]+)$/);
  if (!found) return { road: unescaped(words) };
  return { road: unescaped(found[1]), from: Number(found[2]), to: Number(found[3]) };
}

function unescaped(text) {
  return text.replace(/%(2C|3B|25|7C|40)/gi, decodeURIComponent);
}

/* Return the words of what was drawn, for the address: five decimals are a metre. */
export function numbers(places) {
  return places.flat().map((one) => String(Number(one.toFixed(5)))).join(",");
}

/* Return the closed ring of a circle around a place, radius in metres. */
export function ring([lon, lat], radius) {
  const far = radius / EARTH_M;
  const [sin, cos] = [Math.sin(lat * RADIAN), Math.cos(lat * RADIAN)];
  return Array.from({ length: STEPS + 1 }, (_, i) => {
    const turn = (2 * Math.PI * (i % STEPS)) / STEPS;
    const up = Math.asin(sin * Math.cos(far) + cos * Math.sin(far) * Math.cos(turn));
    const across = Math.atan2(Math.sin(turn) * Math.sin(far) * cos, Math.cos(far) - sin * Math.sin(up));
    return [lon + across / RADIAN, up / RADIAN];
  });
}

/* Return the metres between two places. */
export function metres([lon, lat], [otherLon, otherLat]) {
  const [up, across] = [(otherLat - lat) * RADIAN, (otherLon - lon) * RADIAN];
  const half = Math.sin(up / 2) ** 2 + Math.cos(lat * RADIAN) * Math.cos(otherLat * RADIAN) * Math.sin(across / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/* Return the corners of the box between two of them. */
export function box([west, south], [east, north]) {
  return [[west, south], [east, south], [east, north], [west, north]];
}

/* Return the outline of a shape as GeoJSON, or null where no layer of the map holds it. `layers` are
   the layers the data set brings along, by kind. */
export function outline(one, layers) {
  if (one.kind === "circle") return { type: "Polygon", coordinates: [ring(one.centre, one.radius)] };
  if (one.kind === "polygon") return { type: "Polygon", coordinates: [[...one.corners, one.corners[0]]] };
  if (one.kind === "road") return along(layers.roads?.features ?? [], one);
  const among = layers[one.kind === "junction" ? "junctions" : one.layer]?.features ?? [];
  return among.find(({ properties }) => one.name === (properties.name ?? properties.id))?.geometry ?? null;
}

function along(features, { road, from, to }) {
  const parts = features.filter(({ properties }) => roadOf(properties) === road).flatMap((feature) => cut(feature, from, to));
  return parts.length ? { type: "MultiLineString", coordinates: parts } : null;
}

/* Return what a road is called in the data: the words its crashes have. */
export function roadOf(properties) {
  return properties.road_key ?? properties.road_number ?? properties.road ?? properties.ref ?? properties.name;
}

/* Return the lines of a road between two km posts; posts lie evenly between those of its ends. */
function cut({ properties, geometry }, from, to) {
  const lines = geometry.type === "MultiLineString" ? geometry.coordinates : [geometry.coordinates];
  if (from === undefined) return lines;
  if (lines.length > 1 || !Number.isFinite(properties.from_km) || !Number.isFinite(properties.to_km)) return [];
  const whole = properties.to_km - properties.from_km;
  const found = part(lines[0], (from - properties.from_km) / whole, (to - properties.from_km) / whole);
  return found.length > 1 ? [found] : [];
}

/* Return the part of a line between two shares of its length. */
function part(line, start, end) {
  const [first, last] = [Math.max(0, Math.min(start, end)), Math.min(1, Math.max(start, end))];
  const at = posts(line);
  const inner = line.filter((_, i) => at[i] > first && at[i] < last);
  return first < last ? [placeAt(line, at, first), ...inner, placeAt(line, at, last)] : [];
}

function posts(line) {
  const gone = [0];
  for (let i = 1; i < line.length; i += 1) gone.push(gone[i - 1] + metres(line[i - 1], line[i]));
  return gone.map((one) => one / gone.at(-1));
}

function placeAt(line, at, share) {
  const i = Math.max(1, at.findIndex((one) => one >= share));
  const rest = (share - at[i - 1]) / (at[i] - at[i - 1] || 1);
  return line[i].map((one, axis) => line[i - 1][axis] + rest * (one - line[i - 1][axis]));
}

/* Return the km post of the place of a road that lies nearest to a point, or null. */
export function postNear({ properties, geometry }, point) {
  const { from_km: from, to_km: to } = properties;
  if (geometry.type !== "LineString" || !Number.isFinite(from) || !Number.isFinite(to)) return null;
  const at = posts(geometry.coordinates);
  const away = geometry.coordinates.map((place) => metres(place, point));
  return from + (to - from) * at[away.indexOf(Math.min(...away))];
}
