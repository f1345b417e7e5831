// Before version 20, Node does not give WebAssembly of Go the `crypto` that it asks for by itself.
globalThis.crypto ??= require("crypto").webcrypto;
