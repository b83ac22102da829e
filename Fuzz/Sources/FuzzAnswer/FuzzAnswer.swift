/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAnswer(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    AnswerCheck.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
