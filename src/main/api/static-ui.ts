import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/**
 * The studio's files at `/`: a program without data, so no token is asked for. Only the files that are there at start
 * become routes; nothing of a request ever turns into a path.
 */
export async function installStaticUi(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) => {
      reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send('The studio’s pages have not been built. Run `npm run build`, then start again. The API is up.\n');
    });
    return;
  }
  await app.register(async (ui) => {
    ui.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' };
    });
    await ui.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      decorateReply: false,
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders(reply, path) {
        // Names under assets/ carry the hash of their content; index.html names the current ones.
        const hashed = path.startsWith(join(folder, 'assets'));
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  });
}
