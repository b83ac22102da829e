extension PacketRecord {
    /// The verdict in a sentence, and where the packet came from: what dumps have as a packet's comment.
    var verdictComment: String {
        var comment = "accepted"
        if let refusal {
            comment = "refused, \(refusal.reason.name): \(refusal.words)"
        }
        if let diagnosis { comment += "; " + SafeText.escaped(diagnosis) }
        if !address.isEmpty { comment += "; from " + SafeText.escaped(address) }
        if let deviceID { comment += "; device " + SafeText.escaped(deviceID) }
        return comment
    }
}
