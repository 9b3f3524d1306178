import { Cursor } from './cursor.js';
import type { Recogniser } from './recogniser.js';

/*
 * IPsec ESP, native (IP protocol 50) or in UDP on port 4500: be32 SPI, which is never 0, and be32 sequence number. On port 4500
 * an SPI of 0 marks IKE, and a single byte 0xff keeps a NAT open: both are no ESP.
 *
 * Not to be trusted for: what is inside, and for how many streams there are: one tunnel carries all traffic of its ends.
 * UDP on port 4500 that is no IPsec looks the same.
 * Reference: RFC 4303 (2), RFC 3948 (2.2, 2.3).
 */
const PORT = 4500;
const LEAST = 8;

export const esp: Recogniser = {
  name: 'esp',
  looksFor: 'IPsec ESP, native or in UDP on port 4500: SPI and sequence number',
  recognise({ transport, client, serverPort }) {
    const isHere = transport === 'esp' || (transport === 'udp' && serverPort === PORT);
    const cursor = new Cursor(client);
    const spi = cursor.number(4);
    const sequence = cursor.number(4);
    if (!isHere || client.length < LEAST || !spi || sequence === undefined) return undefined;
    return {
      protection: 'esp',
      migration: 'possible',
      details: [
        transport === 'esp' ? 'ESP' : 'ESP in UDP',
        `SPI 0x${spi.toString(16).padStart(8, '0')} from sequence ${sequence}`,
      ],
    };
  },
};
