/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJournal(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    JournalCheck.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
