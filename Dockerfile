# Two images: the service (the default), and the invented council of the demonstration (--target demo).
# docker-compose.yml builds and runs both.

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

# A FHIR server out of the development packages. It keeps everything in memory, and nobody signs in.
FROM build AS demo
USER node
EXPOSE 9101
ENTRYPOINT ["node", "dist/demo/council-main.js"]
CMD ["--host", "0.0.0.0", "--port", "9101"]

FROM node:20.20.2-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Without the embedded PostgreSQL, which is optional: the service in this image needs DATABASE_URL.
RUN npm ci --ignore-scripts --omit=dev --omit=optional

FROM node:20.20.2-bookworm-slim AS service
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json site.demo.yaml site.example.yaml ./
COPY mappings ./mappings
COPY src/store/migrations ./src/store/migrations
COPY src/console/views ./src/console/views
COPY src/evidence/page.njk ./src/evidence/page.njk
COPY src/console/assets ./src/console/assets
# The only folder that is written to: the operator token.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 2575 2576 8117 8443
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT || 8117}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["serve"]
