/** Receivers on loopback: an HTTP server that answers as told, and a mail server that keeps what it is sent. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { TestContext } from 'node:test';

export interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers each request with the next of `statuses`, then with 200; status 0: never. */
export async function httpServer(t: TestContext, statuses: number[] = []) {
  const posted: Posted[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      posted.push({ path: request.url ?? '', headers: request.headers, body });
      for (const wake of waiting.splice(0)) wake();
      const status = statuses.shift() ?? 200;
      if (status !== 0) response.writeHead(status, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const until = async (count: number): Promise<void> => {
    while (posted.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { url, posted, until };
}

/** Speaks as much SMTP as a client needs; `refuse` is answered to RCPT. */
export async function mailServer(t: TestContext, refuse = '') {
  const mails: string[] = [];
  const logins: string[] = [];
  const server = createTcpServer((socket) => {
    let text = '';
    let isData = false;
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.write('220 test ESMTP\r\n');
    socket.on('data', (chunk: string) => {
      text += chunk;
      for (;;) {
        const end = text.indexOf(isData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (isData ? 5 : 2));
        if (isData) {
          mails.push(line);
          isData = false;
          socket.write('250 kept\r\n');
        } else if (line.startsWith('EHLO')) socket.write('250-test\r\n250 AUTH PLAIN\r\n');
        else if (line.startsWith('AUTH PLAIN ')) {
          logins.push(Buffer.from(line.slice(11), 'base64').toString());
          socket.write('235 welcome\r\n');
        } else if (line.startsWith('RCPT') && refuse !== '') socket.write(`${refuse}\r\n`);
        else if (line === 'STARTTLS') socket.write('502 not here\r\n');
        else if (line === 'DATA') {
          isData = true;
          socket.write('354 go on\r\n');
        } else if (line === 'QUIT') socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, mails, logins };
}
