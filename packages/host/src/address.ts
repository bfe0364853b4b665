// Where a byte stream begins or ends.

/** Where to listen or to dial. Port 0 when listening: any free port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}
