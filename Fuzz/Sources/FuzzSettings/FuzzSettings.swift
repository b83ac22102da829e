/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSettings(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    SettingsCheck.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
