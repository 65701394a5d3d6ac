/* Marks of the map, drawn on a canvas: shape as well as colour, dark edges on the pale ones. */

export const SEVERITIES = ["fatal", "serious", "slight", "injury", "pdo", "unknown"];

const LOOKS = {
  fatal: { shape: "diamond", colour: "#3b0f70", edge: "#ffffff" },
  serious: { shape: "triangle", colour: "#d1420e", edge: "#ffffff" },
  slight: { shape: "circle", colour: "#f2b701", edge: "#5c4600" },
  injury: { shape: "hexagon", colour: "#e08a5b", edge: "#6b3413" },
  pdo: { shape: "square", colour: "#86b6dd", edge: "#2f5f87" },
  unknown: { shape: "ring", colour: "#ffffff", edge: "#7a7d82" },
};

const SIDE = 18;

/* Return the mark of a severity as image data, `scale` device pixels for each CSS pixel. */
export function icon(severity, scale) {
  const { shape, colour, edge } = LOOKS[severity];
  const pen = canvas(SIDE, SIDE, scale);
  pen.beginPath();
  outline(pen, shape, SIDE / 2);
  pen.closePath();
  pen.lineJoin = "round";
  if (shape === "ring") {
    pen.lineWidth = 2.6;
    pen.strokeStyle = edge;
    pen.stroke();
  } else {
    pen.lineWidth = 3;
    pen.strokeStyle = "#ffffff";
    pen.stroke();
    pen.fillStyle = colour;
    pen.fill();
    pen.lineWidth = 1.1;
    pen.strokeStyle = edge;
    pen.stroke();
  }
  return pen.getImageData(0, 0, SIDE * scale, SIDE * scale);
}

/* Return a numbered pin without its number. */
export function badge(colour, scale) {
  const [width, height] = [28, 34];
  const pen = canvas(width, height, scale);
  pen.beginPath();
  pen.arc(14, 14, 11.5, Math.PI * 0.78, Math.PI * 0.22);
  pen.lineTo(14, 32);
  pen.closePath();
  pen.fillStyle = colour;
  pen.fill();
  pen.lineWidth = 2;
  pen.lineJoin = "round";
  pen.strokeStyle = "#ffffff";
  pen.stroke();
  return pen.getImageData(0, 0, width * scale, height * scale);
}

/* Draw the file of a mark as large as sharp screens need it: `scale` device pixels for each of its own. */
export async function mark(name, scale) {
  const image = new Image();
  image.src = new URL(`./marks/${name}.svg`, import.meta.url).href;
  await image.decode();
  const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
  const made = document.createElement("canvas");
  made.width = width;
  made.height = height;
  const pen = made.getContext("2d");
  pen.drawImage(image, 0, 0, width, height);
  return pen.getImageData(0, 0, width, height);
}

function canvas(width, height, scale) {
  const made = document.createElement("canvas");
  made.width = width * scale;
  made.height = height * scale;
  const pen = made.getContext("2d", { willReadFrequently: true });
  pen.scale(scale, scale);
  return pen;
}

function outline(pen, shape, middle) {
  const corners = { diamond: [4, 7.4, 0], triangle: [3, 7.6, 0], hexagon: [6, 6.2, 0], square: [4, 7, Math.PI / 4] };
  if (!(shape in corners)) {
    pen.arc(middle, middle, shape === "ring" ? 4.6 : 5.6, 0, 2 * Math.PI);
    return;
  }
  const [count, radius, turn] = corners[shape];
  const drop = shape === "triangle" ? 1.4 : 0;
  for (let i = 0; i < count; i += 1) {
    const angle = turn - Math.PI / 2 + (i * 2 * Math.PI) / count;
    pen.lineTo(middle + radius * Math.cos(angle), middle + drop + radius * Math.sin(angle));
  }
}
