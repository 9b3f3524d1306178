import type { Millis } from '../../core/sample.js';

/** A line of ping on Windows. Its lines have neither numbers nor stamps. */
export type WindowsLine =
  | { kind: 'header'; host: string; address?: string }
  | { kind: 'reply'; from: string; rttMs: Millis; ttl?: number }
  | { kind: 'lost' }
  | { kind: 'unreachable'; from?: string }
  /** Statistics and empty lines. */
  | { kind: 'other' };

type Fields = Record<string, string | undefined>;

const ADDRESS = String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?:%\w{1,16})?)`;
/**
 * A reply has the same form in every language: `Reply from 10.0.0.7: bytes=32 time<1ms TTL=64`. Some translations shorten the
 * unit, and IPv6 has no TTL.
 */
const REPLY = new RegExp(
  `^(?:\\D{1,30} )?(?<from>${ADDRESS})(?:\\s?:| \\D{1,20}:) (?:\\D{1,20}=\\s?\\d{1,6} )?\\D{1,20}?[=<]\\s?(?<rtt>\\d{1,6}) ?ms?(?: ?TTL=(?<ttl>\\d{1,3}))?$`,
  'i',
);
const ERROR_FROM = new RegExp(`^(?:\\D{1,30} )?(?<from>${ADDRESS}) ?: (?<reason>[^\\d=<]{5,100})\\.?$`, 'i');
/** The words of translations; `.{0,3}` stands for letters that a wrong code page has changed. */
const TIMED_OUT = [
  'Request timed out',
  'Zeit.{0,3}berschreitung der Anforderung',
  'D.{0,3}lai d.attente de la demande d.{0,3}pass.{0,3}',
  'Tiempo de espera agotado para esta solicitud',
  'Richiesta scaduta',
  'Time-out bij opdracht',
  'Esgotado o tempo limite do pedido',
  'Up.{0,3}yn.{0,3}.{0,3} limit czasu .{0,3}.{0,3}dania',
  '要求がタイムアウトしました',
];
const FAILED = [
  'General failure',
  'Allgemeiner Fehler',
  '.{0,3}chec g.{0,3}n.{0,3}ral',
  'Error general',
  'Errore generale',
  'PING: transmit failed.*',
];
const HEADERS = [
  'Pinging',
  'Ping wird ausgef.{1,3}hrt f.{1,3}r',
  "Envoi d.une requ.{1,3}te 'Ping' ",
  'Haciendo ping a',
  'Esecuzione di Ping',
  'Pingen naar',
  'Disparando',
  'Badanie',
];
const oneOf = (texts: readonly string[]) => `(?:${texts.join('|')})`;

const FORMS: readonly [RegExp, (fields: Fields) => WindowsLine][] = [
  [
    REPLY,
    ({ from, rtt, ttl }) => ({
      kind: 'reply',
      from: from!,
      // "<1ms" is written as 1 too: the clock of ping is a millisecond.
      rttMs: Number(rtt),
      ...(ttl !== undefined && Number(ttl) <= 255 && { ttl: Number(ttl) }),
    }),
  ],
  [new RegExp(`^${oneOf(TIMED_OUT)}\\.?$`), () => ({ kind: 'lost' })],
  [new RegExp(`^${oneOf(FAILED)}\\.?$`), () => ({ kind: 'unreachable' })],
  [ERROR_FROM, ({ from }) => ({ kind: 'unreachable', from: from! })],
  [
    new RegExp(`^${oneOf(HEADERS)} +(?<host>[^\\s[]{1,255})(?: \\[(?<address>[^\\]\\s]{1,60})\\])?\\s.*:$`),
    ({ host, address }) => ({ kind: 'header', host: host!, ...(address !== undefined && { address }) }),
  ],
  // Statistics are indented below a heading; Ctrl-C has a word in some languages.
  [/^\s*$|^\s+\S|:\s*$|^(?:\^C|Control-C|STRG-C|Strg\+C|Ctrl\+C)$/, () => ({ kind: 'other' })],
];

/** Undefined for a line that is not of ping on Windows. */
export function parseWindowsLine(text: string): WindowsLine | undefined {
  for (const [form, read] of FORMS) {
    const match = form.exec(text);
    if (match) return read(match.groups ?? {});
  }
  return undefined;
}
