// Build the stylesheets and scripts of every audience into static/built/. Run by bin/assets.
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import * as sass from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..', '..')
const modules = join(root, 'node_modules')
const built = join(here, 'static', 'built')
const fonts = join(modules, '@fontsource-variable/atkinson-hyperlegible-next/files')

await rm(built, { recursive: true, force: true })
await mkdir(built, { recursive: true })

for (const face of ['latin-wght-normal', 'latin-ext-wght-normal']) {
  await copyFile(join(fonts, `atkinson-hyperlegible-next-${face}.woff2`), join(built, `atkinson-${face}.woff2`))
}
await copyFile(join(modules, 'htmx.org/dist/htmx.min.js'), join(built, 'htmx.js'))

// MapLibre's worker is a file of its own: the content security policy allows no worker made from a blob
await copyFile(join(modules, 'maplibre-gl/dist/maplibre-gl-worker.mjs'), join(built, 'maplibre-gl-worker.mjs'))

const sheets = (await readdir(join(here, 'styles'))).filter((name) => /^[^_].*\.scss$/.test(name))
for (const name of sheets) {
  const made = sass.compile(join(here, 'styles', name), { style: 'compressed', loadPaths: [modules], quietDeps: true })
  // esbuild joins what Sass leaves apart (the same rule said twice) and keeps it readable to old and new browsers
  const tight = await esbuild.transform(made.css, { loader: 'css', minify: true, legalComments: 'none' })
  await writeFile(join(built, name.replace('.scss', '.css')), tight.code)
}

const scripts = (await readdir(join(here, 'scripts'))).filter((name) => /^(site|desk|console|published|map|passkey|field|field-worker|offline-report|offline-worker)\.mjs$/.test(name))
await esbuild.build({
  entryPoints: scripts.map((name) => join(here, 'scripts', name)),
  outdir: built,
  outExtension: { '.js': '.js' },
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2020'],
  legalComments: 'none',
  nodePaths: [modules],
  logLevel: 'warning'
})
// What is sent is packed once, here, not at each asking.
for (const name of (await readdir(built)).filter((name) => /\.(css|m?js)$/.test(name))) {
  const plain = await readFile(join(built, name))
  await writeFile(join(built, name + '.gz'), gzipSync(plain, { level: 9 }))
  await writeFile(join(built, name + '.br'), brotliCompressSync(plain))
}
console.log(`built ${sheets.length} stylesheets and ${scripts.length} scripts into ${built.slice(root.length + 1)}`)
