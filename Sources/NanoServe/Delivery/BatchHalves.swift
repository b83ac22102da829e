/// How a batch that a destination cannot stand for the sake of one event comes apart.
extension DeliveryBatch {
    /// Two of it, each with devices of its own and their packets in order, so that neither has to wait for the
    /// other; itself where all is one device's.
    var halvesByDevice: [DeliveryBatch] {
        var numbers: [UInt64: Int] = [:]
        for item in items where numbers[item.device] == nil { numbers[item.device] = numbers.count }
        guard numbers.count > 1 else { return [self] }
        let isFirst = { numbers[items[$0].device, default: 0] < numbers.count / 2 }
        return [part(items.indices.filter(isFirst)), part(items.indices.filter { !isFirst($0) })]
    }
}
