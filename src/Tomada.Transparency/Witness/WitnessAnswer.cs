using System.Globalization;

namespace Tomada.Transparency;

/// <summary>What a witness answers (C2SP tlog-witness, add-checkpoint).</summary>
public abstract record WitnessAnswer
{
    private WitnessAnswer()
    {
    }

    /// <summary>The HTTP status.</summary>
    public abstract int Status { get; }

    /// <summary>
    /// 200: the head may be cosigned. First it takes the place of exactly the head that was
    /// compared (another one there means: decide again), synced; then <see cref="Body"/> is the
    /// answer.
    /// </summary>
    /// <param name="Note">What was asked for; its text is signed.</param>
    /// <param name="Head">The head to record.</param>
    public sealed record Cosign(SignedNote Note, LogHead Head) : WitnessAnswer
    {
        public override int Status => 200;

        /// <summary>The answer: one signature line for each.</summary>
        public static string Body(params IEnumerable<NoteSignature> cosignatures) =>
            string.Concat(cosignatures.Select(SignedNote.Line));
    }

    /// <summary>409: the request starts at another head than the one recorded.</summary>
    /// <param name="Size">Entries of the recorded head.</param>
    public sealed record Conflict(long Size) : WitnessAnswer
    {
        /// <summary>The answer's Content-Type.</summary>
        public const string ContentType = "text/x.tlog.size";

        public override int Status => 409;

        /// <summary>The answer: the size in decimal and a newline.</summary>
        public string Body => string.Create(CultureInfo.InvariantCulture, $"{Size}\n");
    }

    /// <summary>400, 403, 404 or 422: nothing was changed.</summary>
    public sealed record Refused : WitnessAnswer
    {
        internal Refused(int status, string why) => (Status, Why) = (status, why);

        public override int Status { get; }

        /// <summary>What was wrong and what is allowed.</summary>
        public string Why { get; }
    }
}
