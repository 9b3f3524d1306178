/** How the host of many manners answers: by the last byte of the address asked. */
export const MANNERS = {
  plain: 2,
  twice: 3,
  foreign: 4,
  late: 5,
  forgedToken: 6,
  forgedSeq: 7,
  unreachable: 8,
  unreachableInBrief: 9,
  unreachableThenReply: 10,
  silent: 11,
};

export type Manner = keyof typeof MANNERS;
