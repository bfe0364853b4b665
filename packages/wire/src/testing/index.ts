export { decodeFrame, encodeMessages } from '../frame.ts';
