// Reads codes from a picture of the camera where the browser cannot (Safari, and with it WeChat on an iPhone); loaded
// by the door of a meetup only there. The same shape as the browser's own detector.
import decode from "qr/decode.js";

const WIDEST = 640;
const canvas = document.createElement("canvas");
const paper = canvas.getContext("2d", { willReadFrequently: true });

window.QrReader = class {
  async detect(video) {
    const shrink = Math.min(1, WIDEST / Math.max(video.videoWidth, video.videoHeight, 1));
    canvas.width = Math.round(video.videoWidth * shrink);
    canvas.height = Math.round(video.videoHeight * shrink);
    if (!canvas.width || !canvas.height) return [];
    paper.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = paper.getImageData(0, 0, canvas.width, canvas.height);
    try {
      return [{ rawValue: decode({ data, width, height }) }];
    } catch {
      return []; // no code in this picture
    }
  }
};
