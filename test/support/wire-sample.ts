/** The size of the headers of a capture of tcpdump, and of each of its records. */
const [HEADER, RECORD] = [24, 16];
/** The opening of each stream is kept, and of the rest some frames, from which the streams' lengths and times can be read. */
const WHOLE_FRAMES = 28;
const LAST_FRAMES = 12;
const BETWEEN_FRAMES = 48;
const CUT = 96;

/** A sample of a capture, in the same format: a few kB that hold all that `migwatch wire` recognises. */
export function sampleOf(capture: Buffer): Buffer {
  const frames: Buffer[] = [];
  for (let at = HEADER; at + RECORD <= capture.length; ) {
    const length = capture.readUInt32LE(at + 8);
    frames.push(capture.subarray(at, at + RECORD + length));
    at += RECORD + length;
  }
  const every = Math.ceil(frames.length / BETWEEN_FRAMES);
  const kept = frames.flatMap((frame, index) => {
    const isOpening = index < WHOLE_FRAMES;
    const isLast = index >= frames.length - LAST_FRAMES;
    if (!isOpening && !isLast && index % every !== 0) return [];
    const length = Math.min(frame.length - RECORD, isOpening ? 1300 : CUT);
    const copy = Buffer.from(frame.subarray(0, RECORD + length));
    copy.writeUInt32LE(length, 8);
    return [copy];
  });
  return Buffer.concat([capture.subarray(0, HEADER), ...kept]);
}
