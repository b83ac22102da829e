import CPrefetch

/// Memory that is about to be needed. The guard's tables are larger than the processor's caches, so
/// each frame's slot is a wait of a hundred nanoseconds, as long as hashing takes: side by side they
/// cost one of the two (`docs/performance.md`).
enum Prefetch {
    /// Has the processor fetch an element that will soon be looked at; changes nothing else.
    @inline(__always)
    static func element<Element>(_ index: Int, of elements: Span<Element>) {
        guard index < elements.count else { return }
        unsafe elements.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress { unsafe nanogridata_prefetch(base + index) }
        }
    }
}
