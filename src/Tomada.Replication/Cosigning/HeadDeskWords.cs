using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Replication;

/// <content>What becomes of one word: it counts, waits, or does not fit.</content>
public sealed partial class HeadDesk
{
    /// <summary>Takes a word up; false when no key of the company signed it.</summary>
    private bool Hear(HeadCosignature said)
    {
        if (KeyOf(said) is not { } key)
        {
            return false;
        }

        if (said.Company == self && said.Head.Size > (_largest?.Size ?? 0)
            && said.Head.Size > (_remembered?.Size ?? 0))
        {
            _remembered = said.Head.In(network);
        }

        Word word = new(said, key);
        Heard heard = Of(said.Company);
        if (said.Head.Size > _state!.Size)
        {
            Await(heard, word);
        }
        else if (Fits(said.Head))
        {
            Take(word);
        }
        else
        {
            TakeForeign(heard, word);
        }

        return true;
    }

    /// <summary>The key of its company that signed a word, the newest first; null when none
    /// did.</summary>
    private PublicKey? KeyOf(HeadCosignature said)
    {
        foreach (PublicKey key in IdentityKeyHistory.Of(_state!, said.Company))
        {
            if (said.IsSigned(network, key, verify))
            {
                return key;
            }
        }

        return null;
    }

    private void Await(Heard heard, Word word)
    {
        heard.Awaited.Add(word);
        _awaited++;
        if (heard.Awaited.Count > CosigningLimits.AwaitedPerCompanyMax)
        {
            heard.Awaited.RemoveAt(0);
            _awaited--;
        }
    }

    private void TakeAwaited()
    {
        foreach (Heard heard in _heard.Values)
        {
            Word[] due = [.. heard.Awaited.Where(each => each.Size <= _state!.Size)];
            _awaited -= heard.Awaited.RemoveAll(each => each.Size <= _state!.Size);
            foreach (Word word in due)
            {
                if (Fits(word.Said.Head))
                {
                    Take(word);
                }
                else
                {
                    TakeForeign(heard, word);
                }
            }
        }
    }

    /// <summary>A word for a head of the own log.</summary>
    private void Take(Word word)
    {
        Heard heard = Of(word.Said.Company);
        if (word.Size >= (heard.Newest?.Size ?? 0))
        {
            heard.Newest = word;
        }

        foreach (Word foreign in heard.Foreign)
        {
            Compare(foreign, word);
        }

        // Only the key in force after the head's block counts for it.
        if (_ends.TryGetValue(word.Size, out CosignedHead? head)
            && head.Governance.Members.Any(each =>
                each.Company == word.Said.Company && each.IdentityKey == word.Key))
        {
            head = head.With(word.Said);
            _ends[word.Size] = head;
            if (head.HasQuorum && head.Head.Size >= (Newest?.Head.Size ?? 0))
            {
                Newest = head;
            }
        }
    }

    /// <summary>A word for a head that is not of the own log.</summary>
    private void TakeForeign(Heard heard, Word word)
    {
        if (heard.Foreign.Count >= CosigningLimits.ForeignPerCompanyMax
            || heard.Foreign.Exists(each =>
                each.Size == word.Size && each.Said.Head.Root == word.Said.Head.Root))
        {
            return;
        }

        _shown.Add(word.Said);
        foreach (Word other in heard.Foreign.Where(each => each.Key == word.Key))
        {
            Tell(TwoHeads.Of(network, word.Said.Company, other.Said.Head, word.Said.Head));
        }

        heard.Foreign.Add(word);
        if (heard.Newest is { } own)
        {
            Compare(word, own);
        }
    }

    /// <summary>
    /// Only what one key signed convicts: who rotated a key away need not answer for what is signed
    /// with it afterwards.
    /// </summary>
    private void Compare(Word foreign, Word own)
    {
        if (own.Size >= foreign.Size && own.Size <= _state!.Size && own.Key == foreign.Key)
        {
            Tell(TwoHeads.Of(
                network, own.Said.Company, foreign.Said.Head, own.Said.Head, read));
        }
    }

    private void Tell(TwoHeads? evidence)
    {
        if (evidence is not null
            && !_state!.HeadGuilts.Keys.Any(each => each.Guilty == evidence.Guilty))
        {
            _found.Add(evidence);
        }
    }

    /// <summary>A word with the key that signed it.</summary>
    private sealed record Word(HeadCosignature Said, PublicKey Key)
    {
        public long Size => Said.Head.Size;
    }

    /// <summary>What is known of one company; all of it is checked.</summary>
    private sealed class Heard
    {
        /// <summary>The newest over a head of the own log.</summary>
        public Word? Newest { get; set; }

        /// <summary>Over heads that the own log has not reached.</summary>
        public List<Word> Awaited { get; } = [];

        /// <summary>Over heads that are not of the own log.</summary>
        public List<Word> Foreign { get; } = [];

        /// <summary>The largest of all.</summary>
        public Word? Largest => Awaited.Concat(Foreign).Append(Newest).OfType<Word>()
            .MaxBy(each => each.Size);
    }
}
