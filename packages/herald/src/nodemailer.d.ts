/** The little of nodemailer that is used here; its package carries no types. */
declare module 'nodemailer' {
  export interface Mail {
    readonly from: string;
    readonly to: readonly string[];
    readonly subject: string;
    readonly text: string;
    readonly messageId: string;
    readonly headers: Readonly<Record<string, string>>;
  }
  export interface Transporter {
    sendMail(mail: Mail): Promise<{ readonly rejected: readonly string[] }>;
    close(): void;
  }
  export function createTransport(options: Readonly<Record<string, unknown>>): Transporter;
}
