/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAdmin(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    AdminCheck.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
