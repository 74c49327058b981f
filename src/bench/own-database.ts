import { randomBytes } from 'node:crypto';
import { Fault } from '../fault.js';
import { openDatabase } from '../store/database.js';
import type { Keeper } from './keeper.js';

/** The address of an empty database on that server, dropped in the end. What is already there is never touched. */
export async function ownDatabase(keeper: Keeper, serverUrl: string): Promise<string> {
  const name = `aftercare_bench_${randomBytes(6).toString('hex')}`;
  keeper.goOn();
  await onServer(serverUrl, `create database ${name}`);
  keeper.undo(() => onServer(serverUrl, `drop database if exists ${name} with (force)`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer(databaseUrl: string, statement: string): Promise<void> {
  const server = await openDatabase({ databaseUrl, dataDir: '', maxConnections: 1 });
  try {
    await server.pool.query(statement);
  } catch (cause) {
    throw new Fault(
      {
        code: 'system-unreachable',
        where: '--database-url',
        text: 'the bench may not make a database of its own there',
        next: 'name a user who may create databases (alter role … createdb)',
      },
      { cause },
    );
  } finally {
    await server.close();
  }
}
